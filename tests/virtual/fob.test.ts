import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/lib/protocol/noke/commands.ts';
import { addLock, clearLocks, removeLock } from '../../src/lib/protocol/noke/fob.ts';
import {
	parseAdvertisement,
	parseName,
	parseSession
} from '../../src/lib/protocol/noke/profile.ts';
import {
	engage,
	firmwareUpdate,
	getLogs,
	opening,
	removeKey,
	reset,
	setKey,
	setUp,
	shutDown
} from '../../src/lib/protocol/noke/writes.ts';
import { factoryFob } from '../../src/lib/virtual/noke/fob.ts';
import type { SavedFob } from '../../src/lib/virtual/noke/fob-state.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import { Bench, results, slotKey } from './bench.ts';
import { credential, FobBench, fobResults, LOCK } from './fob-bench.ts';

const entropy = new Uint8Array(16);
const saves = (said: { outputs: readonly object[] }) =>
	said.outputs.flatMap((output) => ('save' in output ? [output.save as SavedFob] : []));
const held = (saved: SavedFob) => Object.keys(activeKeys(saved.flash).credentials);

describe('a fob on the air', () => {
	it('sleeps until it is squeezed, and again after 20 s', () => {
		const bench = new FobBench();
		expect(bench.fob.view()).toMatchObject({ awake: false, light: 'off', advertisement: null });
		expect(bench.event({ kind: 'connect', entropy }).outputs).toEqual([{ refused: 'asleep' }]);
		bench.event({ kind: 'squeeze' });
		const { name, advertisement, light } = bench.fob.view();
		expect(parseName(name)).toEqual({ mac: 'C0:FF:EE:00:00:01', hardwareType: '2F' });
		const shown = { setUp: false, version: '2F-1.2', lockState: 3 };
		expect(parseAdvertisement(name, advertisement!)).toMatchObject(shown);
		expect(light).toBe('blinking');
		bench.event({ kind: 'tick' }, 20_000);
		expect([bench.fob.view().awake, bench.fob.nextWake]).toEqual([false, null]);
	});

	it('says shutdown to a phone that does nothing, or that says so', () => {
		const bench = new FobBench().connect();
		expect(parseSession(bench.session).batteryMillivolts).toBe(3_050);
		const late = bench.event({ kind: 'tick' }, 20_000);
		expect(late.shutdown).toEqual({ kind: 'shutdown', open: false, timedOut: true });
		const told = bench.connect().send(shutDown(), 0);
		expect(fobResults(told)).toEqual(['success']);
		expect(told).toMatchObject({ shutdown: { timedOut: false }, disconnected: true });
	});

	it('has one link at a time', () => {
		const bench = new FobBench().connect();
		expect(bench.event({ kind: 'connect', entropy }).outputs).toEqual([{ refused: 'taken' }]);
		expect(bench.fob.view()).toMatchObject({ connected: true, advertisement: null });
		bench.event({ kind: 'disconnect' });
		expect(bench.fob.view().advertisement).not.toBeNull();
	});

	it.each(['4I', '2U', '2E', '??'])('a %s is no fob', (hardwareType) => {
		const identity = { mac: LOCK, hardwareType, firmware: '1.0', baseKey: '00'.repeat(16) };
		expect(() => factoryFob(identity)).toThrow(expect.objectContaining({ code: 'bad-hardware' }));
	});

	it('a base key has 16 bytes', () => {
		const identity = { mac: LOCK, hardwareType: '2F', firmware: '1.0', baseKey: '00' };
		expect(() => factoryFob(identity)).toThrow(expect.objectContaining({ code: 'bad-length' }));
	});
});

describe('a sync', () => {
	it('sets a fob up, and every later one replaces what it holds', () => {
		const bench = new FobBench();
		const said = bench.sync([credential(1), credential(2, 6, 'AA:BB:CC:DD:EE:FF')]);
		const ack = { type: 0x74, opcode: 0xc0, result: 0x60, epoch: 1, argument: 3, ordinal: 0 };
		expect(said.acks).toEqual([
			{ ...ack, lockState: 3, moreRecords: false, clockWasUnknown: false, explicitLock: false }
		]);
		expect(bench.fob.view()).toMatchObject({ setUp: true, locks: [LOCK, 'AA:BB:CC:DD:EE:FF'] });
		expect(fobResults(bench.sync([credential(9)], 1))).toEqual(['success', 'success', 'success']);
		expect(held(bench.saved)).toEqual(['9']);
	});

	it('fills all hundred positions, and empties one', () => {
		const bench = new FobBench();
		bench.sync(Array.from({ length: 100 }, (_, i) => credential(i + 1, i + 1)));
		expect(held(bench.saved)).toHaveLength(100);
		bench.commit([removeLock(100)], 1);
		expect(held(bench.saved)).toHaveLength(99);
	});

	it('changes nothing before its commit, and is forgotten with the session', () => {
		const bench = new FobBench();
		bench.sync([credential(1)]);
		bench.send(clearLocks(), 1);
		expect(bench.fob.view().locks).toEqual([LOCK]);
		bench.connect();
		expect(fobResults(bench.commit([], 1)).at(-1)).toBe('success');
		expect(bench.fob.view().locks).toEqual([LOCK]);
	});

	it('leaves one set whole when the power goes at any durable write', () => {
		const bench = new FobBench();
		bench.sync([credential(1)]);
		const writes = [clearLocks(), credential(2), credential(3, 7)];
		for (const write of writes) bench.send(write, 1);
		const start = bench.saved;
		const said = bench.send(bench.setUp(writes, 1), 1);
		const kinds = said.outputs.map((output) => Object.keys(output)[0]);
		expect(kinds.slice(-5)).toEqual(['save', 'save', 'save', 'notify', 'notify']);
		const epochs = [start, ...saves(said)].map((step) => {
			const { epoch } = activeKeys(step.flash);
			expect(held(step)).toEqual(epoch === 1 ? ['1'] : ['2', '3']);
			bench.cutPower(step);
			bench.connect();
			expect(fobResults(bench.send(removeLock(1), epoch))).toEqual(['success']);
			return epoch;
		});
		expect(epochs).toEqual([1, 1, 1, 2]);
	});

	it('that is sent again because its answer was lost goes through and changes nothing', () => {
		const bench = new FobBench();
		bench.sync([credential(1)]);
		const again = bench.sync([credential(1)]);
		expect(fobResults(again).at(-1)).toBe('success');
		expect(again.acks).toMatchObject([{ result: 0x60, epoch: 1 }]);
		expect(saves(again)).toEqual([]);
		expect(fobResults(bench.send(shutDown(), 0))).toEqual(['invalid-key']);
		expect(fobResults(bench.sync([credential(2)])).at(-1)).toBe('success');
		expect(held(bench.saved)).toEqual(['1']);
	});

	it('is refused when a write is missing, and the stage is emptied', () => {
		const bench = new FobBench().connect();
		bench.send(credential(1), 0);
		const said = bench.send(bench.setUp([clearLocks(), credential(1)], 0), 0);
		expect(fobResults(said).at(-1)).toBe('invalid-data');
		expect(said.acks).toMatchObject([{ result: 0x65, epoch: 0 }]);
		expect(fobResults(bench.commit([], 0)).at(-1)).toBe('success');
		expect(held(bench.saved)).toEqual([]);
	});
});

describe('a fob refuses', () => {
	const none = new Uint8Array(0);

	it('what belongs to locks, with 62, and a lock what belongs to fobs', () => {
		const window = { key: slotKey(1), from: 0, until: 1 };
		const ofLocks: Command[] = [
			opening('unlock', 1),
			opening('unshackle', 1),
			engage(1),
			getLogs(0),
			firmwareUpdate(),
			removeKey(1),
			reset(),
			setKey(1, window),
			setUp(0, { masterKey: slotKey(1), epoch: 1, digest: new Uint8Array(8) })
		];
		for (const command of ofLocks) {
			const said = new FobBench().connect().send(command, 0);
			expect([fobResults(said).at(-1), said.acks]).toEqual(['invalid-command', []]);
		}
		const fob = new FobBench();
		for (const command of [credential(1), clearLocks(), removeLock(1), fob.setUp([], 0)]) {
			const bench = new Bench().connect();
			expect(results(bench.send(command, 0)).at(-1)).toBe('invalid-command');
		}
	});

	it.each([
		['position 0', { ...credential(1), argument: 0 }],
		['position 101', { ...credential(1), argument: 101 }],
		['slot 0', changed(22, 0)],
		['slot 101', changed(22, 101)],
		['reserved bytes', changed(31, 1)],
		['half a credential', { ...credential(1), data: new Uint8Array(16) }],
		['removed position 0', removeLock(0)],
		['removed position 101', removeLock(101)],
		['data on a removal', { ...removeLock(1), data: new Uint8Array(16) }],
		['clear with an argument', { ...clearLocks(), argument: 1 }],
		['shutdown with an argument', { ...shutDown(), argument: 1 }],
		['set up without data', { opcode: 0xc0, argument: 0, data: none }]
	])('%s, with 65', (_, command) => {
		expect(fobResults(new FobBench().connect().send(command, 0)).at(-1)).toBe('invalid-data');
	});

	it('repetitions, wrong keys, and after five of them everything', () => {
		const bench = new FobBench().connect();
		const [packet] = bench.packets(clearLocks(), 0);
		expect(fobResults(bench.sendAll([packet!, packet!]))).toEqual(['success', 'invalid-command']);
		for (let i = 0; i < 4; i++)
			expect(fobResults(bench.send(clearLocks(), 3))).toEqual(['invalid-key']);
		const last = bench.send(clearLocks(), 3);
		expect(last).toMatchObject({ disconnected: true, shutdown: { open: false } });
		expect(bench.fob.view().awake).toBe(false);
	});

	it('headers of limited keys', () => {
		const bench = new FobBench();
		bench.sync([credential(1)]);
		const [packet] = bench.packets(clearLocks(), 1);
		const limited = packet!.slice();
		limited.set([4, 1, 0]);
		expect(fobResults(bench.event({ kind: 'write', bytes: limited }))).toEqual(['invalid-key']);
	});

	it('anything else that is written, without a stumble', () => {
		const packets = fc.array(
			fc.oneof(fc.uint8Array({ minLength: 20, maxLength: 20 }), fc.uint8Array())
		);
		fc.assert(
			fc.property(packets, (all) => {
				const bench = new FobBench();
				bench.sync([credential(1)]);
				const before = bench.saved.flash;
				for (const bytes of all) {
					const linked = bench.fob.view().connected;
					expect(bench.event({ kind: 'write', bytes }).results).toHaveLength(linked ? 1 : 0);
				}
				expect(bench.saved.flash).toEqual(before);
			}),
			{ numRuns: 60 }
		);
	});

	it('a credential of which one bit is another', () => {
		for (let bit = 0; bit < 480; bit++) {
			const bench = new FobBench();
			bench.sync([]);
			const packets = bench.packets(credential(1), 1).map((packet) => packet.slice());
			packets[Math.floor(bit / 160)]![(bit % 160) >> 3]! ^= 1 << (bit & 7);
			bench.sendAll(packets);
			bench.send(bench.setUp([credential(1)], 1), 1);
			expect(held(bench.saved)).toEqual([]);
		}
	});

	function changed(at: number, value: number): Command {
		const { data, ...rest } = addLock(1, { key: slotKey(1), mac: LOCK, slot: 1 });
		const other = data.slice();
		other[at] = value;
		return { ...rest, data: other };
	}
});
