import { expect } from 'vitest';
import type { Command } from '../../src/lib/protocol/noke/commands.ts';
import { setQuickClick } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import { Bench } from './bench.ts';

/** Sets a quick click; without more, one that never ends. */
export const click = (position: number, code: string, uses = 255, capped = false) =>
	setQuickClick(position, { code, uses, capped });

/** A lock at epoch 1 that holds these, asleep. */
export function benchWith(...writes: Command[]): Bench {
	const bench = new Bench().connect();
	bench.commit(writes, 0);
	return asleep(bench);
}

export function asleep(bench: Bench): Bench {
	bench.event({ kind: 'disconnect' });
	bench.event({ kind: 'close' });
	bench.event({ kind: 'tick' }, 30_000);
	expect(bench.lock.view()).toMatchObject({ awake: false, shackle: 'closed' });
	return bench;
}

export const isOpen = (bench: Bench) => bench.lock.view().shackle === 'open';

/** Enters a code and pushes the shackle home again. */
export function opens(bench: Bench, code: string): boolean {
	bench.enter(code);
	const opened = isOpen(bench);
	asleep(bench);
	return opened;
}

/** Uses left by position, as the flash has them. */
export function left(bench: Bench): Record<number, number> {
	const { quickClicks } = activeKeys(bench.saved.flash);
	return Object.fromEntries(Object.entries(quickClicks).map(([at, { uses }]) => [at, uses]));
}
