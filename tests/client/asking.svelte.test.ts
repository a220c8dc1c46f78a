import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientError } from '../../src/lib/client/call.ts';
import { halfLost, hangUp, ISSUED, makeRig, pass, silence, sleep, success } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

const before = { at: ISSUED - 5_000 };
const after = { at: ISSUED + 1_000 };
/** The lock's clock counts seconds: the second in which the command was issued. */
const sameSecond = { at: ISSUED - 500 };
const opened = (moment: { at: number }) => ({ ...moment, trackingKey: null });
const known = (state: string, moment: { at: number }) => ({ state, ...moment });

describe('an answer that was lost', () => {
	test.each([
		['the link', hangUp],
		['only the answer', silence]
	])('with %s: the lock is asked, never sent the command again', async (_, fault) => {
		const { talk, lock, server } = makeRig();
		lock.script = [success, fault];
		lock.later = [[success]];
		server.lock = { lastOpened: opened(after), lastKnown: known('open', after) };
		void talk.open('unlock');
		await pass(5_100);
		expect(lock.written.map(({ length }) => length)).toEqual([2, 1]);
		expect(server.asked.filter(({ path }) => path.endsWith('/commands'))).toMatchObject([
			{ body: { action: 'unlock' } },
			{ body: { action: 'ask' } }
		]);
		expect(talk).toMatchObject({ phase: 'open', failure: null, openedAt: after.at });
		sleep(true)(lock.ear!);
		await pass();
		expect(talk).toMatchObject({ phase: 'asleep', endedAs: { state: 'open' } });
	});

	test('is told at once, before the lock was asked', async () => {
		const { talk, lock } = makeRig();
		lock.script = [success, (ear) => ((lock.awake = false), ear.hangUp())];
		void talk.open('unlock');
		await pass(100);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after', reached: 'opening' });
	});

	test('stays lost when the lock is out of reach for 15 seconds', async () => {
		const { talk, lock, server } = makeRig();
		lock.script = [success, (ear) => ((lock.awake = false), ear.hangUp())];
		server.lock = { lastOpened: opened(before), lastKnown: known('closed', before) };
		const done = talk.open('unlock');
		await pass(16_000);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after', openedAt: null });
		expect(lock.written).toHaveLength(1);
	});

	test('is known to be an opening when what the lock said had arrived', async () => {
		const { talk, lock, server } = makeRig();
		lock.script = [success, (ear) => ((lock.awake = false), halfLost(ear))];
		server.lock = { lastOpened: opened(sameSecond), lastKnown: null };
		void talk.open('unlock');
		await pass(16_000);
		expect(talk).toMatchObject({ phase: 'open', openedAt: sameSecond.at });
		expect(talk.reported).toBe(true);
	});

	test('is no opening when the lock, asked, says that it is closed', async () => {
		const { talk, lock, server } = makeRig();
		lock.script = [success, hangUp];
		lock.later = [[success]];
		server.lock = { lastOpened: opened(before), lastKnown: known('closed', after) };
		const done = talk.open('unlock');
		await pass(100);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'not-opened' });
		expect(lock.ear).toBeNull();
	});

	test('stays lost while records may be missing, or the server’s knowledge is older', async () => {
		for (const [answers, at] of [
			[9, after],
			[1, before]
		] as const) {
			const { talk, lock, server } = makeRig();
			lock.script = [success, hangUp];
			lock.later = [
				[
					(ear) => {
						for (let i = 1; i < answers; i++) ear.notify(Uint8Array.of(0x50, ...Array(19).fill(i)));
						success(ear);
					}
				]
			];
			server.lock = { lastOpened: null, lastKnown: known('closed', at) };
			const done = talk.open('unlock');
			await pass(100);
			await done;
			expect(talk.failure).toBe('lost-after');
			vi.useRealTimers();
		}
	});

	test('stays lost when the server is out of reach too, and the packets stay here', async () => {
		const { talk, lock, server, outbox } = makeRig();
		lock.script = [
			success,
			(ear) => {
				server.refusal = new ClientError('no-network', 'as the test wants');
				halfLost(ear);
			}
		];
		const done = talk.open('unlock');
		await pass(1_000);
		await done;
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after', reported: false });
		expect([...outbox.batches.values()].flatMap(({ packets }) => packets)).toHaveLength(2);
		server.refusal = null;
		await pass(5_000);
		expect(talk.reported).toBe(true);
	});

	test('a tap meanwhile is a new wish: the asking ends, the lock opens once more', async () => {
		const { talk, lock } = makeRig();
		lock.script = [success, (ear) => ((lock.awake = false), ear.hangUp())];
		lock.later = [[success, success]];
		void talk.open('unlock');
		await pass(1_000);
		expect(talk.failure).toBe('lost-after');
		void talk.open('unlock');
		expect(talk.phase).toBe('connecting');
		lock.awake = true;
		await pass(1_000);
		expect(talk.phase).toBe('open');
		expect(lock.written.map(({ length }) => length)).toEqual([2, 2]);
	});

	test('stop ends the asking', async () => {
		const { talk, lock } = makeRig();
		lock.script = [success, (ear) => ((lock.awake = false), ear.hangUp())];
		const done = talk.open('unlock');
		await pass(1_000);
		talk.stop();
		lock.awake = true;
		await pass(1_000);
		await done;
		expect(talk.failure).toBe('lost-after');
		expect(lock.connections).toBe(1);
	});
});
