import { describe, expect, it } from 'vitest';
import { mintOfflineGrant } from '../../src/lib/protocol/noke/grant.ts';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { getLogs, opening, removeKey, setKey } from '../../src/lib/protocol/noke/writes.ts';
import { Bench, NOW, results, slotKey } from './bench.ts';

const unlock = opening('unlock', 7);
const window = { from: NOW + 100, until: NOW + 200 };

function ready() {
	const bench = new Bench().connect();
	bench.commit([setKey(5, { key: slotKey(5), ...window })], 0);
	return bench.connect();
}

/** Opens with slot 5; the phone claims `at`. */
function offline(bench: Bench, at: number) {
	const grant = mintOfflineGrant(slotKey(5), 5);
	return bench.write(offlineUnlockPacket({ ...grant, session: bench.session, at }));
}

describe('the lock’s own clock', () => {
	it.each([
		[99, 'out-of-schedule'],
		[100, 'success'],
		[200, 'success'],
		[201, 'out-of-schedule']
	])('at second %i of a slot from 100 to 200: %s', (second, result) => {
		const bench = ready();
		bench.send(removeKey(1), 1, NOW + second);
		expect(results(offline(bench, NOW + 150))).toEqual([result]);
	});

	it('runs between connections, also while the host is away', () => {
		const bench = ready();
		bench.now += 150_000;
		bench.connect();
		expect(results(offline(bench, 1))).toEqual(['success']);
		bench.now += 51_000;
		bench.connect();
		expect(results(offline(bench, 1))).toEqual(['out-of-schedule']);
	});

	it('is not moved by a limited key, nor back by a server', () => {
		const bench = ready();
		expect(results(offline(bench, NOW + 150))).toEqual(['out-of-schedule']);
		bench.send(removeKey(1), 1, NOW + 300);
		bench.send(removeKey(1), 1, NOW + 150);
		expect(results(offline(bench, NOW + 151))).toEqual(['out-of-schedule']);
	});

	it('is unknown after a power cut until a server’s command', () => {
		const bench = ready();
		bench.send(removeKey(1), 1, NOW + 150);
		bench.cutPower();
		bench.connect();
		const refused = offline(bench, NOW + 151);
		expect(results(refused)).toEqual(['out-of-schedule']);
		expect(refused.acks).toMatchObject([{ result: 0x6d, clockWasUnknown: true, argument: 5 }]);
		expect(refused.records.map(({ time }) => time)).toContain(0);
		const known = bench.send(unlock, 1, NOW + 160);
		expect(known.acks).toMatchObject([{ clockWasUnknown: true }]);
		expect(results(offline(bench, NOW + 161))).toEqual(['success']);
		expect(bench.send(unlock, 1, NOW + 161).acks).toMatchObject([{ clockWasUnknown: false }]);
	});
});

describe('the log', () => {
	it('tells who opened, with the reference or the slot', () => {
		const bench = new Bench().connect();
		bench.commit([setKey(5, { key: slotKey(5), from: 0, until: 0xffffffff })], 0);
		const actions = (said: { records: { action: number; who: number }[] }) =>
			said.records.map(({ action, who }) => [action, who]);
		expect(actions(bench.send(unlock, 1)).at(-1)).toEqual([ACTION.setupUnlocked, 7]);
		expect(actions(bench.send(opening('unlock', 8), 1))).toEqual([[ACTION.unlocked, 8]]);
		expect(actions(offline(bench, NOW))).toEqual([[ACTION.unlockedBySlot, 5]]);
		const out = bench.send(opening('unshackle', 9), 1);
		expect(actions(out)).toEqual([[ACTION.unshackled, 9]]);
		bench.event({ kind: 'close' });
		bench.connect();
		expect(actions(bench.send(unlock, 1))).toEqual([
			[ACTION.locked, 0],
			[ACTION.buttonTouched, 0],
			[ACTION.unlocked, 7]
		]);
	});

	it('counts from one and never repeats, also over a power cut', () => {
		const bench = ready();
		const counters: number[] = [];
		for (let i = 0; i < 6; i++) {
			counters.push(...bench.send(unlock, 1).records.map(({ counter }) => counter));
			if (i % 2) bench.cutPower();
			bench.connect();
		}
		expect(counters).toEqual(counters.map((_, i) => i + 1));
	});

	it('sends at most eight at a time, the oldest first, and says that more wait', () => {
		const bench = ready();
		for (let i = 0; i < 20; i++) bench.send(unlock, 1);
		bench.connect();
		const first = bench.send(getLogs(0), 1);
		expect(first.records.map(({ counter }) => counter)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
		expect(first.acks).toMatchObject([{ opcode: 0xa5, moreRecords: true, lockState: 0 }]);
		const second = bench.send(unlock, 1);
		expect(second.records[0]?.counter).toBe(9);
		expect(second.acks).toMatchObject([{ moreRecords: true }]);
		expect(bench.send(getLogs(0xffffff), 1).records[0]?.counter).toBe(17);
	});

	it('keeps the last 256', () => {
		const bench = ready();
		for (let i = 0; i < 300; i++) {
			if (i % 200 === 0) bench.connect();
			bench.send(unlock, 1);
		}
		const { log } = bench.saved.flash;
		expect(log.records).toHaveLength(256);
		expect(log.counter).toBe(301);
		expect(bench.send(getLogs(0), 1).records[0]?.counter).toBe(46);
	});

	it('cannot be emptied by a child at the button', () => {
		const bench = ready();
		bench.send(unlock, 1);
		for (let i = 0; i < 500; i++) bench.event({ kind: 'press' }, 30_000);
		expect(bench.saved.flash.log.records.map(({ action }) => action)).toContain(ACTION.unlocked);
	});

	it('writes down what a jammed motor did not do', () => {
		const bench = ready();
		bench.event({ kind: 'strain', on: true });
		const stuck = bench.send(unlock, 1);
		expect(results(stuck)).toEqual(['failed-to-unlock']);
		expect(stuck.records.at(-1)).toMatchObject({ action: ACTION.failedUnlock, who: 7 });
		expect(results(bench.send(opening('unshackle', 8), 1))).toEqual(['failed-to-unshackle']);
		bench.event({ kind: 'strain', on: false });
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});
});
