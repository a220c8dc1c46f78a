import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { RECORD_ACTION as ACTION } from '../../src/lib/protocol/noke/records.ts';
import { FOR_EVER, removeKey, setKey, type SlotKey } from '../../src/lib/protocol/noke/writes.ts';
import type { FobOutput } from '../../src/lib/virtual/noke/fob-state.ts';
import type { Bench } from './bench.ts';
import { benchWithSlot5, newest, NOW, slotKey } from './bench.ts';
import { credential, FobBench, LOCK } from './fob-bench.ts';

const NAME = 'NOKE4I_F1E2D3C4B5A6';

/** A fob that holds slot 5 of the bench's lock. */
function synced(): FobBench {
	const bench = new FobBench();
	bench.sync([credential(1)]);
	bench.event({ kind: 'disconnect' });
	bench.event({ kind: 'tick' }, 20_000);
	return bench;
}

function asleep(bench: Bench): Bench {
	bench.event({ kind: 'disconnect' });
	bench.event({ kind: 'tick' }, 20_000);
	return bench;
}

/** A lock whose slot 5 is filled, asleep. */
function lockWith(window: Partial<SlotKey> = {}): Bench {
	return asleep(benchWithSlot5({ from: 0, until: FOR_EVER, ...window }));
}

/** The air between a fob and a lock: carries out what the fob wants until both have nothing to do. */
class Air {
	readonly fob: FobBench;
	readonly lock: Bench;
	readonly wanted: string[] = [];
	#linked = false;

	constructor(fob: FobBench, lock: Bench) {
		this.fob = fob;
		this.lock = lock;
	}

	/** Wakes the lock, squeezes the fob beside it, and tells what its light shows then. */
	open(): string {
		this.lock.event({ kind: 'press' });
		this.fob.event({ kind: 'squeeze' });
		this.near();
		return this.fob.fob.view().light;
	}

	/** The fob hears what is on the air. */
	near(): void {
		const { name, advertisement } = this.lock.lock.view();
		if (advertisement) this.#carry(this.fob.event({ kind: 'hear', name }).outputs);
	}

	#carry(outputs: readonly FobOutput[]): void {
		for (const output of outputs) {
			this.wanted.push(Object.keys(output)[0]!);
			if ('reach' in output) this.#reach(output.reach);
			if ('write' in output) this.#write(output.write);
			if ('leave' in output && this.#linked) {
				this.#linked = false;
				this.lock.event({ kind: 'disconnect' });
			}
		}
	}

	#reach(name: string): void {
		expect(name).toBe(this.lock.lock.view().name);
		const entropy = new Uint8Array(16).fill(this.wanted.length);
		this.lock.event({ kind: 'connect', entropy });
		this.lock.event({ kind: 'subscribe', on: true });
		const state = this.lock.lock.hello;
		if (!state) return this.#carry(this.fob.event({ kind: 'lost' }).outputs);
		this.#linked = true;
		this.lock.session = state;
		this.#carry(this.fob.event({ kind: 'reached', state }).outputs);
	}

	#write(bytes: Uint8Array): void {
		const said = this.lock.write(bytes);
		for (const output of said.outputs)
			if ('notify' in output)
				this.#carry(this.fob.event({ kind: 'notified', bytes: output.notify }).outputs);
	}
}

describe('a fob beside a lock', () => {
	it('opens it, with no phone and no network', () => {
		const air = new Air(synced(), lockWith());
		expect(air.open()).toBe('green');
		expect(air.lock.lock.view()).toMatchObject({ shackle: 'open', connected: false, awake: true });
		expect(newest(air.lock)).toEqual([ACTION.unlockedBySlot, 5]);
		expect(air.wanted).toEqual(['reach', 'write', 'leave']);
	});

	it('opens one lock a squeeze, and again at the next', () => {
		const air = new Air(synced(), lockWith());
		air.open();
		air.near();
		expect(air.wanted).toHaveLength(3);
		air.lock.event({ kind: 'close' });
		expect(air.open()).toBe('green');
		expect(air.wanted).toHaveLength(6);
	});

	it('opens it again after its power was cut, and the lock’s', () => {
		const air = new Air(synced(), lockWith());
		air.fob.cutPower();
		air.lock.cutPower();
		expect(air.open()).toBe('green');
	});

	it('leaves the records to the lock and its server', () => {
		const air = new Air(synced(), lockWith());
		const before = air.fob.fob.saved;
		air.open();
		expect(air.fob.fob.saved).toEqual(before);
		air.lock.connect();
		const told = air.lock.send({ opcode: 0xa5, argument: 0, data: new Uint8Array(16) }, 1);
		expect(told.records.map(({ action, who }) => [action, who])).toContainEqual([
			ACTION.unlockedBySlot,
			5
		]);
	});

	it('sends the packet of an offline key without time', () => {
		const fob = synced();
		fob.event({ kind: 'squeeze' });
		fob.event({ kind: 'hear', name: NAME });
		const state = Uint8Array.from({ length: 20 }, (_, i) => i * 11);
		const [output] = fob.event({ kind: 'reached', state }).outputs;
		const packet = output && 'write' in output ? toHex(output.write) : '';
		expect(packet.slice(0, 8)).toBe('04050000');
		expect(fob.event({ kind: 'reached', state }).outputs).toEqual([]);
	});
});

describe('it does not open', () => {
	it('without a credential for that lock, nor asleep, nor unsqueezed', () => {
		const other = new FobBench();
		other.sync([credential(1, 5, 'AA:BB:CC:DD:EE:FF')]);
		other.event({ kind: 'disconnect' });
		const air = new Air(other, lockWith());
		expect(air.open()).toBe('blinking');
		expect(air.wanted).toEqual([]);
		const still = new Air(synced(), lockWith());
		still.lock.event({ kind: 'press' });
		still.near();
		expect(still.wanted).toEqual([]);
		expect(still.lock.lock.view().shackle).toBe('closed');
	});

	it('while a phone has it', () => {
		const fob = synced().connect();
		expect(fob.event({ kind: 'hear', name: NAME }).outputs).toEqual([]);
	});

	it.each(['', 'NOKE', 'N4I_FW', 'Kettle', `${NAME}0`])('anything named %j', (name) => {
		const fob = synced();
		fob.event({ kind: 'squeeze' });
		expect(fob.event({ kind: 'hear', name }).outputs).toEqual([]);
	});

	it('once its slot is revoked, and shows red', () => {
		const lock = lockWith().connect();
		lock.commit([removeKey(5)], 1);
		const air = new Air(synced(), asleep(lock));
		expect(air.open()).toBe('red');
		expect(lock.lock.view().shackle).toBe('closed');
	});

	it('once the slot has another key', () => {
		const lock = lockWith().connect();
		lock.commit([setKey(5, { key: slotKey(6), from: 0, until: FOR_EVER })], 1);
		expect(new Air(synced(), asleep(lock)).open()).toBe('red');
		expect(lock.lock.view().shackle).toBe('closed');
	});

	it('outside the hours of the slot, by the lock’s clock', () => {
		const ended = lockWith({ until: NOW - 1 });
		expect(new Air(synced(), ended).open()).toBe('red');
		const running = lockWith({ until: NOW + 3600 });
		expect(new Air(synced(), running).open()).toBe('green');
		running.event({ kind: 'close' });
		running.cutPower();
		expect(new Air(synced(), running).open()).toBe('red');
	});

	it('a lock that somebody pulls at', () => {
		const lock = lockWith();
		lock.event({ kind: 'strain', on: true });
		expect(new Air(synced(), lock).open()).toBe('red');
	});

	it('a lock that another has taken', () => {
		const air = new Air(synced(), lockWith());
		air.lock.connect();
		air.fob.event({ kind: 'squeeze' });
		air.fob.event({ kind: 'hear', name: NAME });
		expect(air.fob.fob.view()).toMatchObject({ opening: true, advertisement: null });
		const entropy = new Uint8Array(16);
		expect(air.fob.event({ kind: 'connect', entropy }).outputs).toEqual([{ refused: 'taken' }]);
		air.fob.event({ kind: 'lost' });
		expect(air.fob.fob.view()).toMatchObject({ opening: false, light: 'red' });
	});

	it('a lock that falls silent, within 5 s', () => {
		const fob = synced();
		fob.event({ kind: 'squeeze' });
		fob.event({ kind: 'hear', name: NAME });
		fob.event({ kind: 'reached', state: new Uint8Array(20) });
		expect(fob.event({ kind: 'tick' }, 4_999).outputs).toEqual([]);
		expect(fob.event({ kind: 'tick' }, 1).outputs).toEqual([{ leave: true }]);
		expect(fob.fob.view().light).toBe('red');
		expect(fob.event({ kind: 'notified', bytes: answer(0x60) }).outputs).toEqual([]);
		expect(fob.fob.view().light).toBe('red');
	});

	it('a lock whose STATE is no session, or that is never reached', () => {
		const fob = synced();
		fob.event({ kind: 'squeeze' });
		fob.event({ kind: 'hear', name: NAME });
		expect(fob.event({ kind: 'reached', state: new Uint8Array(19) }).outputs).toEqual([
			{ leave: true }
		]);
		fob.event({ kind: 'squeeze' });
		fob.event({ kind: 'hear', name: NAME });
		expect(fob.event({ kind: 'tick' }, 20_000).outputs).toEqual([{ leave: true }]);
		expect(fob.fob.view()).toMatchObject({ awake: false, opening: false });
	});

	it.each([0x61, 0x62, 0x63, 0x65, 0x69, 0x6d, 0x64, 0xff])('on result %i', (result) => {
		const fob = synced();
		fob.event({ kind: 'squeeze' });
		fob.event({ kind: 'hear', name: NAME });
		fob.event({ kind: 'reached', state: new Uint8Array(20) });
		const server = Uint8Array.of(0x50, ...new Uint8Array(19));
		expect(fob.event({ kind: 'notified', bytes: server }).outputs).toEqual([]);
		const said = fob.event({ kind: 'notified', bytes: answer(result) });
		expect(said.outputs).toEqual([{ leave: true }]);
		expect(fob.fob.view().light).toBe('red');
	});
});

it('two credentials for one lock: the lowest position counts', () => {
	const fob = new FobBench();
	fob.sync([credential(9, 5), credential(3, 6)]);
	fob.event({ kind: 'disconnect' });
	const lock = lockWith();
	expect(new Air(fob, lock).open()).toBe('red');
	fob.connect().commit([credential(9, 6), credential(3, 5)], 1);
	fob.event({ kind: 'disconnect' });
	expect(new Air(fob, lock).open()).toBe('green');
	expect(fob.fob.view().locks).toEqual([LOCK, LOCK]);
});

function answer(result: number): Uint8Array {
	return Uint8Array.of(0x51, result, 0, ...new Uint8Array(17));
}
