import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/lib/protocol/noke/commands.ts';
import { clearQuickClick, getQuickClicks } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { reset } from '../../src/lib/protocol/noke/writes.ts';
import { newest, results, saves, type Bench } from './bench.ts';
import { benchWith, click, isOpen, left, opens } from './quick-click-bench.ts';

const CODE = '0110100';

describe('uses', () => {
	it('go down to none, and then it opens no more', () => {
		const bench = benchWith(click(3, CODE, 2));
		expect([opens(bench, CODE), opens(bench, CODE), opens(bench, CODE)]).toEqual([
			true,
			true,
			false
		]);
		expect(left(bench)).toEqual({ 3: 0 });
	});

	it('of 255 have no end', () => {
		const bench = benchWith(click(3, CODE));
		for (let i = 0; i < 300; i++) expect(opens(bench, CODE)).toBe(true);
	});

	it('are spent before the motor turns, at whatever write the power goes', () => {
		const before = benchWith(click(3, CODE, 2));
		for (const press of CODE) {
			before.tap(press === '1' ? 500 : 100);
			before.now += 200;
		}
		const start = before.saved;
		const said = before.event({ kind: 'tick' }, 1_800);
		expect(before.lock.view().turning).toBe(true);
		const steps = [start, ...saves(said)];
		expect(steps).toHaveLength(4);
		const counts = steps.map((step) => {
			before.cutPower(step);
			expect(isOpen(before)).toBe(false);
			return left(before)[3];
		});
		expect(counts).toEqual([2, 2, 2, 1]);
	});

	it('are spent also when the motor is stuck, and the log says so', () => {
		const bench = benchWith(click(3, CODE, 2));
		bench.event({ kind: 'strain', on: true });
		bench.enter(CODE);
		expect(bench.lock.view()).toMatchObject({ shackle: 'closed', light: 'red' });
		expect(newest(bench)).toEqual([ACTION.failedQuickClick, 3]);
		expect(left(bench)).toEqual({ 3: 1 });
	});

	it('never come back by a power cut', () => {
		const bench = benchWith(click(3, CODE, 254));
		for (let used = 1; used <= 20; used++) {
			expect(opens(bench, CODE)).toBe(true);
			bench.cutPower();
			expect(left(bench)).toEqual({ 3: 254 - used });
		}
	});
});

describe('set and clear', () => {
	const commit = (bench: Bench, writes: Command[], from = 1) =>
		results(bench.connect().commit(writes, from)).at(-1);

	it('leave the others and their counts alone', () => {
		const bench = benchWith(click(1, '000', 9), click(2, '111', 9), click(3, '010', 9));
		opens(bench, '111');
		expect(commit(bench, [clearQuickClick(1), click(4, '101', 1)])).toBe('success');
		expect(left(bench)).toEqual({ 2: 8, 3: 9, 4: 1 });
		expect(commit(bench, [clearQuickClick(0)], 2)).toBe('success');
		expect(left(bench)).toEqual({});
	});

	it('give a code new uses, unless they are capped', () => {
		const bench = benchWith(click(1, CODE, 9));
		opens(bench, CODE);
		const moved = [clearQuickClick(0), click(8, CODE, 20, true)];
		expect(commit(bench, moved)).toBe('success');
		expect(left(bench)).toEqual({ 8: 8 });
		expect(commit(bench, [click(8, CODE, 3, true)], 2)).toBe('success');
		expect(left(bench)).toEqual({ 8: 3 });
		expect(commit(bench, [click(8, CODE, 255, true)], 3)).toBe('success');
		expect(left(bench)).toEqual({ 8: 3 });
		expect(commit(bench, [click(8, CODE, 20)], 4)).toBe('success');
		expect(left(bench)).toEqual({ 8: 20 });
	});

	it('give nothing back of what was used after they were staged', () => {
		const bench = benchWith(click(1, CODE, 9)).connect();
		const writes = [clearQuickClick(0), click(2, CODE, 9, true)];
		for (const write of writes) bench.send(write, 1);
		bench.enter(CODE);
		expect(results(bench.commitAfter(writes, [], 1)).at(-1)).toBe('success');
		expect(left(bench)).toEqual({ 2: 8 });
	});

	it('refuse a code that stands at another position, and stage nothing then', () => {
		const bench = benchWith(click(1, CODE)).connect();
		expect(results(bench.send(click(2, CODE), 1))).toEqual(['success', 'invalid-data']);
		bench.send(clearQuickClick(1), 1);
		expect(results(bench.send(click(2, CODE), 1))).toEqual(['success', 'success']);
		const said = bench.commitAfter([clearQuickClick(1), click(2, CODE)], [], 1);
		expect(results(said).at(-1)).toBe('success');
		expect(left(bench)).toEqual({ 2: 255 });
	});

	it('are no business of a reset of the slots', () => {
		const bench = benchWith(click(1, CODE));
		expect(commit(bench, [reset()])).toBe('success');
		expect(opens(bench, CODE)).toBe(true);
	});

	it('leave one set whole when the power goes at any durable write', () => {
		const bench = benchWith(click(1, '000', 9), click(2, '111', 9)).connect();
		const writes = [clearQuickClick(1), click(2, '111', 4), click(3, '010')];
		for (const write of writes) bench.send(write, 1);
		const start = bench.saved;
		const steps = [start, ...saves(bench.commitAfter(writes, [], 1))];
		const held = steps.map((step) => {
			bench.cutPower(step);
			return JSON.stringify(left(bench));
		});
		const [old, fresh] = ['{"1":9,"2":9}', '{"2":4,"3":255}'];
		expect(held).toEqual([old, old, old, fresh]);
	});

	it('hold a hundred', () => {
		const code = (n: number) => n.toString(2).padStart(7, '0');
		const all = Array.from({ length: 100 }, (_, i) => click(i + 1, code(i), 1));
		const bench = benchWith(...all);
		expect(opens(bench, code(99))).toBe(true);
		const said = bench.connect().send(getQuickClicks(), 1);
		expect(said.clicks).toHaveLength(100);
		expect(said.clicks.at(-1)).toMatchObject({ position: 100, uses: 0 });
	});
});

describe('get quick clicks', () => {
	it('tells what is left of those that are counted, and which record that includes', () => {
		const bench = benchWith(click(9, CODE, 5), click(2, '000', 1), click(4, '111'));
		opens(bench, '000');
		opens(bench, CODE);
		const { counter } = bench.connect().saved.flash.log;
		const said = bench.send(getQuickClicks(), 1);
		expect(said.clicks).toEqual([
			{ position: 2, uses: 0, code: '000', counter },
			{ position: 9, uses: 4, code: CODE, counter }
		]);
		expect(said.acks).toMatchObject([
			{ type: 0x75, opcode: 0xa7, result: 0x60, moreRecords: true, ordinal: 0 }
		]);
		expect([results(said), said.records, said.foreign]).toEqual([['success'], [], 0]);
		expect(isOpen(bench)).toBe(false);
	});

	it('is an answer alone where none is counted', () => {
		const said = benchWith(click(1, CODE)).connect().send(getQuickClicks(), 1);
		expect([results(said), said.clicks]).toEqual([['success'], []]);
	});
});
