import { describe, expect, it } from 'vitest';
import {
	LOCK_STATE,
	parseAdvertisement,
	parseName,
	parseSession
} from '../../src/lib/protocol/noke/profile.ts';
import { opening, shutDown } from '../../src/lib/protocol/noke/writes.ts';
import { factoryState, VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import { Bench, results } from './bench.ts';

const unlock = opening('unlock', 7);
const entropy = new Uint8Array(16);

describe('sleep', () => {
	it('shows and answers nothing', () => {
		const { lock } = new Bench();
		expect(lock.view()).toMatchObject({ awake: false, light: 'off', advertisement: null });
		expect(lock.nextWake).toBeNull();
		expect(lock.receive({ kind: 'connect', entropy }, 0)).toEqual([{ refused: 'asleep' }]);
	});

	it('ends with a press and comes back after 20 s', () => {
		const bench = new Bench();
		bench.event({ kind: 'press' });
		expect(bench.lock.view()).toMatchObject({ awake: true, light: 'blinking' });
		bench.event({ kind: 'press' }, 15_000);
		bench.event({ kind: 'tick' }, 19_999);
		expect(bench.lock.view().awake).toBe(true);
		bench.event({ kind: 'tick' }, 1);
		expect(bench.lock.view()).toMatchObject({ awake: false, light: 'off' });
	});

	it('says shutdown by time-out to a phone that does nothing', () => {
		const bench = new Bench().connect();
		const closed = bench.event({ kind: 'tick' }, 20_000);
		expect(closed.shutdown).toEqual({ kind: 'shutdown', open: false, timedOut: true });
		expect(closed.disconnected).toBe(true);
		bench.connect().commit([], 0);
		bench.send(unlock, 1);
		const open = bench.event({ kind: 'tick' }, 20_000);
		expect(open.shutdown).toEqual({ kind: 'shutdown', open: true, timedOut: true });
		expect(bench.lock.view()).toMatchObject({ awake: false, shackle: 'open' });
	});

	it('says shutdown by hand when the shackle is closed, and on command', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.send(unlock, 1);
		const closed = bench.event({ kind: 'close' }, 3_000);
		expect(closed.shutdown).toEqual({ kind: 'shutdown', open: false, timedOut: false });
		expect(bench.event({ kind: 'close' }).outputs).toEqual([]);
		bench.connect();
		const told = bench.send(shutDown(), 1);
		expect(results(told)).toEqual(['success']);
		expect(told).toMatchObject({ shutdown: { open: false, timedOut: false }, disconnected: true });
		expect(bench.lock.view().awake).toBe(false);
	});

	it('goes off in the right order when the host comes late', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.event({ kind: 'write', bytes: bench.packets(unlock, 1)[0]! });
		const late = bench.event({ kind: 'tick' }, 3_600_000);
		expect(results(late)).toEqual(['success']);
		expect(late.shutdown).toMatchObject({ open: true, timedOut: true });
	});
});

describe('the link', () => {
	it('is one at a time, not on the air meanwhile, and free again for 20 s', () => {
		const bench = new Bench().connect();
		expect(bench.lock.view()).toMatchObject({ connected: true, advertisement: null });
		expect(bench.event({ kind: 'connect', entropy }).outputs).toEqual([{ refused: 'taken' }]);
		bench.event({ kind: 'disconnect' });
		expect(bench.lock.hello).toBeNull();
		expect(bench.lock.view().advertisement).not.toBeNull();
		expect(bench.event({ kind: 'connect', entropy }, 19_999).outputs).toEqual([]);
	});

	it('has a session of its own, with the battery in it', () => {
		const bench = new Bench().connect();
		const [first, { batteryMillivolts }] = [bench.session, parseSession(bench.session)];
		expect(batteryMillivolts).toBe(bench.lock.view().millivolts);
		expect([...first.subarray(0, 2)]).toEqual([0, 0]);
		expect(bench.connect().session).not.toEqual(first);
	});

	it('gone during the motor run: the lock opens and answers nobody, also not the next phone', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.event({ kind: 'write', bytes: bench.packets(unlock, 1)[0]! });
		bench.event({ kind: 'disconnect' }, 100);
		bench.connect();
		expect(results(bench.event({ kind: 'write', bytes: new Uint8Array(20) }))).toEqual([
			'invalid-command'
		]);
		const said = bench.runMotor();
		expect([said.results, said.acks, said.records]).toEqual([[], [], []]);
		expect(bench.lock.view().shackle).toBe('open');
	});

	it('wants 16 bytes of entropy', () => {
		const bench = new Bench();
		bench.event({ kind: 'press' });
		expect(() => bench.event({ kind: 'connect', entropy: new Uint8Array(15) })).toThrow(
			expect.objectContaining({ code: 'bad-length' })
		);
	});
});

describe('hardware', () => {
	it.each([
		['4I', LOCK_STATE.unlocked],
		['2I', LOCK_STATE.unlocked],
		['2U', LOCK_STATE.unlocked],
		['3P', LOCK_STATE.locked]
	])('a %s advertises its state as the libraries read it', (type, open) => {
		const bench = new Bench(type);
		const advertised = () => {
			const { name, advertisement } = bench.lock.view();
			expect(parseName(name).hardwareType).toBe(type);
			return parseAdvertisement(name, advertisement!);
		};
		bench.event({ kind: 'press' });
		const { locked } = LOCK_STATE;
		expect(advertised()).toMatchObject({ setUp: false, firmware: '4.25', lockState: locked });
		bench.connect().commit([], 0);
		bench.send(unlock, 1);
		bench.event({ kind: 'disconnect' });
		expect(advertised()).toMatchObject({ setUp: true, lockState: open });
	});

	it('an HD padlock lets go of its shackle', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		expect(bench.send(opening('unshackle', 1), 1).acks).toMatchObject([{ lockState: 2 }]);
		expect(bench.lock.view().shackle).toBe('out');
		expect(bench.send(unlock, 1).acks).toMatchObject([{ lockState: 2 }]);
		bench.event({ kind: 'disconnect' });
		const { name, advertisement } = bench.lock.view();
		expect(parseAdvertisement(name, advertisement!).lockState).toBe(2);
		bench.event({ kind: 'close' });
		expect(bench.lock.view().shackle).toBe('closed');
	});

	it.each(['2F', '2E', '??'])('a %s is no padlock', (hardwareType) => {
		const identity = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType, firmware: '1.0' };
		expect(() => factoryState({ ...identity, baseKey: '00'.repeat(16) })).toThrow(
			expect.objectContaining({ code: 'bad-hardware' })
		);
	});

	it('a base key has 16 bytes', () => {
		const identity = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType: '4I', firmware: '1.0' };
		expect(() => factoryState({ ...identity, baseKey: '00' })).toThrow(
			expect.objectContaining({ code: 'bad-length' })
		);
	});
});

describe('the battery', () => {
	it('falls with motor and radio, not while asleep', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		const full = bench.lock.saved.body.millivolts;
		bench.send(unlock, 1);
		const run = bench.lock.saved.body.millivolts;
		expect(run).toBeLessThan(full);
		bench.event({ kind: 'tick' }, 20_000);
		const slept = bench.lock.saved.body.millivolts;
		expect(slept).toBeLessThan(run);
		bench.event({ kind: 'tick' }, 3_600_000);
		expect(bench.lock.saved.body.millivolts).toBe(slept);
	});

	it('too low, the motor does not turn; a fresh one is a power cut', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.event({ kind: 'power-cut', millivolts: 2_500 });
		bench.connect();
		expect(results(bench.send(unlock, 1))).toEqual(['failed-to-unlock']);
		expect(bench.event({ kind: 'power-cut', millivolts: 3_050 }).disconnected).toBe(true);
		bench.connect();
		expect(results(bench.send(unlock, 1))).toEqual(['success']);
	});
});

describe('a host', () => {
	it('may put the saved state through JSON and go on', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.send(unlock, 1);
		const stored: unknown = JSON.parse(JSON.stringify(bench.saved));
		expect(stored).toEqual(bench.saved);
		bench.lock = new VirtualPadlock(stored as typeof bench.saved);
		expect(bench.lock.view()).toMatchObject({ shackle: 'open', setUp: true, awake: false });
		expect(results(bench.connect().send(unlock, 1))).toEqual(['success']);
	});

	it('sees the light: green after an opening, red after a refusal, then it blinks on', () => {
		const bench = new Bench().connect();
		bench.commit([], 0);
		bench.send(unlock, 1);
		expect(bench.lock.view().light).toBe('green');
		bench.event({ kind: 'tick' }, 3_000);
		expect(bench.lock.view().light).toBe('blinking');
		bench.send(unlock, 0);
		expect(bench.lock.view().light).toBe('red');
	});
});
