import { describe, expect, it } from 'vitest';
import { setQuickClick } from '../../src/lib/protocol/noke/quick-clicks.ts';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { parseAdvertisement } from '../../src/lib/protocol/noke/profile.ts';
import { engage, opening, setSettings } from '../../src/lib/protocol/noke/writes.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import { Bench, newest, results, saves } from './bench.ts';

const unlock = opening('unlock', 7);
const explicit = setSettings({ explicitLock: true });

/** A lock at epoch 1 with explicit lock, open, with a session. */
function open(): Bench {
	const bench = new Bench().connect();
	bench.commit([explicit], 0);
	bench.connect().send(unlock, 1);
	return bench;
}

describe('explicit lock', () => {
	it('leaves a shackle that is pushed home free, until it is engaged', () => {
		const bench = open();
		const pushed = bench.event({ kind: 'close' });
		expect([pushed.shutdown, pushed.disconnected]).toEqual([null, false]);
		expect(bench.lock.view()).toMatchObject({ shackle: 'closed', engaged: false, awake: true });
		expect(newest(bench)).toEqual([ACTION.unlocked, 7]);
		const said = bench.send(engage(9), 1);
		expect(said.acks).toMatchObject([{ opcode: 0xb4, result: 0x60, lockState: 3, argument: 9 }]);
		expect([results(said), said.disconnected]).toEqual([['success'], false]);
		expect(said.records.at(-1)).toMatchObject({ action: ACTION.locked, who: 9 });
		expect(bench.lock.view()).toMatchObject({ engaged: true, awake: true });
	});

	it('is advertised as open meanwhile', () => {
		const bench = open();
		bench.event({ kind: 'close' });
		bench.event({ kind: 'disconnect' });
		const { name, advertisement } = bench.lock.view();
		expect(parseAdvertisement(name, advertisement!).lockState).toBe(0);
		expect(bench.event({ kind: 'tick' }, 20_000).shutdown).toBeNull();
		expect(bench.connect().event({ kind: 'tick' }, 20_000).shutdown).toMatchObject({ open: true });
	});

	it('opens from home and free by phone and by button', () => {
		const bench = open();
		bench.send(setQuickClick(1, { code: '010', uses: 255, capped: false }), 1);
		bench.event({ kind: 'close' });
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
		expect(bench.lock.view()).toMatchObject({ shackle: 'open', engaged: false });
	});

	it('ends with the setting: the next push engages', () => {
		const bench = open();
		bench.event({ kind: 'close' });
		bench.commit([setSettings({ explicitLock: false })], 1);
		expect(bench.lock.view().engaged).toBe(false);
		expect(bench.event({ kind: 'close' }).shutdown).toMatchObject({ open: false });
		expect(bench.lock.view().engaged).toBe(true);
		expect(newest(bench)).toEqual([ACTION.locked, 0]);
	});

	it('is staged, and whole at every durable write of the commit', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.connect().send(explicit, 1);
		const start = bench.saved;
		const steps = [start, ...saves(bench.commitAfter([explicit], [], 1))];
		const held = steps.map((step) => activeKeys(step.flash).explicitLock);
		expect(held).toEqual([false, false, false, true]);
	});

	it.each([
		['4I', '4.24'],
		['4I', '3.99'],
		['2U', '4.25'],
		['3P', '9.0']
	])(
		'a %s with %s cannot: the set comes through, explicit lock stays off',
		(hardwareType, firmware) => {
			const bench = new Bench(hardwareType, firmware).connect();
			const code = setQuickClick(1, { code: '010', uses: 255, capped: false });
			const committed = bench.commit([explicit, code], 0);
			expect(results(committed).at(-1)).toBe('success');
			expect(committed.acks).toMatchObject([{ opcode: 0xa1, result: 0x60, explicitLock: false }]);
			const { explicitLock, quickClicks } = activeKeys(bench.saved.flash);
			expect([explicitLock, quickClicks]).toMatchObject([false, { 1: { code: '010' } }]);
			expect(bench.send(unlock, 1).acks).toMatchObject([{ result: 0x60, explicitLock: false }]);
			const said = bench.send(engage(1), 1);
			expect(results(said)).toEqual(['invalid-command']);
			expect(said.acks).toMatchObject([{ opcode: 0xb4, result: 0x62 }]);
		}
	);

	it.each(['4.25', '4.100', '5.0'])('firmware %s can', (firmware) => {
		const bench = new Bench('2I', firmware).connect();
		const said = bench.commit([explicit], 0);
		expect(said.acks).toMatchObject([{ result: 0x60, explicitLock: true }]);
		expect(activeKeys(bench.saved.flash).explicitLock).toBe(true);
	});
});

describe('engage', () => {
	it('fails when the shackle is not home, and says so', () => {
		const bench = open();
		const said = bench.send(engage(9), 1);
		expect(results(said)).toEqual(['failed-to-lock']);
		expect(said.acks).toMatchObject([{ result: 0x68, lockState: 0 }]);
		expect(newest(bench)).toEqual([ACTION.unlocked, 7]);
	});

	it('is no news when it is engaged already', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		const before = bench.saved.flash.log.counter;
		expect(results(bench.send(engage(9), 1))).toEqual(['success']);
		expect(bench.saved.flash.log.counter).toBe(before);
	});

	it('fails when the bolt cannot move, without a record', () => {
		const bench = open();
		bench.event({ kind: 'close' });
		bench.event({ kind: 'strain', on: true });
		expect(results(bench.send(engage(9), 1))).toEqual(['failed-to-lock']);
		expect(newest(bench)).toEqual([ACTION.unlocked, 7]);
		bench.event({ kind: 'strain', on: false });
		expect(results(bench.send(engage(9), 1))).toEqual(['success']);
	});

	it('is either done and told or neither, when the power goes', () => {
		const bench = open();
		bench.event({ kind: 'close' });
		const start = bench.saved;
		const steps = [start, ...saves(bench.send(engage(9), 1))];
		const found = steps.map((step) => {
			bench.cutPower(step);
			const told = step.flash.log.records.some(({ action }) => action === ACTION.locked);
			expect(told).toBe(bench.lock.view().engaged);
			return told;
		});
		expect(new Set(found)).toEqual(new Set([false, true]));
	});

	it('goes on when the link is gone, and answers nobody', () => {
		const bench = open();
		bench.event({ kind: 'close' });
		bench.event({ kind: 'write', bytes: bench.packets(engage(9), 1)[0]! });
		bench.event({ kind: 'disconnect' }, 100);
		expect(bench.runMotor().outputs.some((output) => 'notify' in output)).toBe(false);
		expect(bench.lock.view().engaged).toBe(true);
	});
});
