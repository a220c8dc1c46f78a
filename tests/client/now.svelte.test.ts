import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { now } from '../../src/lib/ui/now.svelte.ts';

afterEach(() => void vi.useRealTimers());

test('what shows the time of day is drawn again every half minute, until it is gone', () => {
	vi.useFakeTimers({ now: 1_000_000 });
	const shown: number[] = [];
	const end = $effect.root(() => {
		const clock = now();
		$effect(() => void shown.push(clock.at));
	});
	flushSync();
	expect(shown).toEqual([1_000_000]);
	vi.advanceTimersByTime(29_999);
	flushSync();
	expect(shown).toHaveLength(1);
	vi.advanceTimersByTime(1);
	flushSync();
	expect(shown).toEqual([1_000_000, 1_030_000]);
	end();
	expect(vi.getTimerCount()).toBe(0);
});
