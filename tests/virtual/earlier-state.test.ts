import { expect, it } from 'vitest';
import { setQuickClick } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { opening } from '../../src/lib/protocol/noke/writes.ts';
import { VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import { Bench, benchWithSlot5, offline, results } from './bench.ts';
import first from './first-state.json' with { type: 'json' };

type Saved = ConstructorParameters<typeof VirtualPadlock>[0];

/** A lock as a browser has kept it since before there were quick clicks. */
function kept(shackle: 'closed' | 'open' = 'closed'): Bench {
	const bench = new Bench();
	const saved = { ...first, body: { ...first.body, shackle } } as unknown as Saved;
	bench.lock = new VirtualPadlock(saved);
	bench.saved = bench.lock.saved;
	return bench;
}

it('a state of the first version opens, with its keys, its log and its clock', () => {
	const bench = kept();
	expect(bench.lock.view()).toMatchObject({ engaged: true, lockedOut: false, setUp: true });
	bench.connect();
	expect(results(bench.write(offline(bench)))).toEqual(['success']);
	expect(bench.saved.flash.log.counter).toBeGreaterThan(first.flash.log.counter);
	expect(bench.lock.view().shackle).toBe('open');
});

it('and takes what it did not know', () => {
	const bench = kept('open');
	expect(bench.lock.view()).toMatchObject({ engaged: false, shackle: 'open' });
	bench.event({ kind: 'close' });
	bench.connect();
	const said = bench.commit([setQuickClick(1, { code: '010', uses: 3, capped: true })], 1);
	expect(results(said).at(-1)).toBe('success');
	bench.event({ kind: 'disconnect' });
	bench.enter('010');
	expect(bench.lock.view().shackle).toBe('open');
	bench.cutPower();
	expect(results(bench.connect().send(opening('unlock', 1), 2))).toEqual(['success']);
});

it('a state may come back with its fields in another order', () => {
	const bench = benchWithSlot5();
	bench.commit([setQuickClick(1, { code: '010', uses: 3, capped: false })], 1);
	const turned = JSON.parse(JSON.stringify(bench.saved), (_, value: unknown) =>
		value !== null && typeof value === 'object' && 'slots' in value
			? Object.fromEntries(Object.entries(value).toReversed())
			: value
	) as Saved;
	bench.lock = new VirtualPadlock(turned);
	bench.enter('010');
	expect(bench.lock.view().shackle).toBe('open');
});
