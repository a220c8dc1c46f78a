import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientError } from '../../src/lib/client/call.ts';
import { hangUp, makeRig, pass, refusing, sleep, success } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

describe('a tap on Engage', () => {
	test('sends one command, ends the link, and knows that the lock holds', async () => {
		const { talk, lock, server } = makeRig();
		const done = talk.open('engage');
		expect(talk).toMatchObject({ phase: 'connecting', deed: 'engage' });
		await pass(100);
		await done;
		expect(talk).toMatchObject({
			phase: 'idle',
			failure: null,
			openedAt: null,
			endedAs: { state: 'closed' }
		});
		expect(lock.ear).toBeNull();
		expect(server.asked.find(({ path }) => path.endsWith('/commands'))?.body).toMatchObject({
			action: 'engage'
		});
		await pass(100);
		expect(server.count('/uploads')).toBe(1);
		expect(talk.reported).toBe(true);
	});

	test('while the lock is open takes over from the opening that still listens', async () => {
		const { talk, lock } = makeRig();
		void talk.open('unlock');
		await pass(100);
		expect(talk.phase).toBe('open');
		void talk.open('unlock');
		await pass(100);
		expect(lock.connections).toBe(1);
		const done = talk.open('engage');
		await pass(100);
		await done;
		expect(lock.connections).toBe(2);
		expect(talk).toMatchObject({ phase: 'idle', endedAs: { state: 'closed' } });
	});

	test('is told what to do when the shackle is not home', async () => {
		const { talk, lock } = makeRig();
		lock.script = [refusing('failed-to-lock')];
		await Promise.all([talk.open('engage'), pass(100)]);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'not-home', endedAs: null });
		expect(lock.connections).toBe(1);
	});

	test.each(['invalid-command', 'invalid-data'] as const)(
		'a refusal, %s, is one',
		async (result) => {
			const { talk, lock } = makeRig();
			lock.script = [refusing(result)];
			await Promise.all([talk.open('engage'), pass(100)]);
			expect(talk).toMatchObject({ phase: 'failed', failure: 'refused-by-lock' });
		}
	);

	test('sends again when the answer was lost, and holds', async () => {
		const { talk, lock, server } = makeRig();
		lock.script = [hangUp];
		lock.later = [[success]];
		await Promise.all([talk.open('engage'), pass(100)]);
		expect(lock.written.map(({ length }) => length)).toEqual([1, 1]);
		expect(server.count('/commands')).toBe(2);
		expect(talk).toMatchObject({ phase: 'idle', endedAs: { state: 'closed' } });
	});

	test('gives up after three, and says that it is not known', async () => {
		const { talk, lock } = makeRig();
		lock.script = [sleep(true)];
		await Promise.all([talk.open('engage'), pass(1_000)]);
		expect(lock.connections).toBe(3);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-engaging', endedAs: null });
	});

	test('of two keys that the lock may hold the one that fits counts', async () => {
		const { talk, lock, server } = makeRig();
		const before = server.commands;
		server.commands = (action) => ({
			...(before(action) as object),
			commands: ['00', '01'].map((byte) => byte.repeat(20))
		});
		lock.script = [refusing('invalid-key'), success];
		await Promise.all([talk.open('engage'), pass(100)]);
		expect(talk).toMatchObject({ phase: 'idle', endedAs: { state: 'closed' } });
	});

	test('without network there is none', async () => {
		const { talk, server, lock } = makeRig();
		server.refusal = new ClientError('no-network', 'no network');
		await Promise.all([talk.open('engage'), pass(100)]);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'no-network' });
		expect(lock.written).toEqual([[]]);
	});
});
