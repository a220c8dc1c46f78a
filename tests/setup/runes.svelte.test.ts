import { flushSync } from 'svelte';
import { expect, test } from 'vitest';

class Counter {
	count = $state(0);
	doubled = $derived(this.count * 2);
}

test('runes react in tests', () => {
	const counter = new Counter();
	const seen: number[] = [];
	const stop = $effect.root(() => {
		$effect(() => {
			seen.push(counter.doubled);
		});
	});
	flushSync();
	counter.count = 2;
	flushSync();
	stop();
	expect(seen).toEqual([0, 4]);
});
