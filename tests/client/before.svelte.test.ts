import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientError, type ClientErrorCode } from '../../src/lib/client/call.ts';
import { LockConversation } from '../../src/lib/client/lock.svelte.ts';
import { LinkError, type LinkErrorCode } from '../../src/lib/link/link.ts';
import { hangUp, ISSUED, MAC, makeRig, pass, silence, success } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

describe('before anything is sent', () => {
	test.each<[LinkErrorCode, string]>([
		['unsupported', 'unsupported'],
		['bluetooth-off', 'bluetooth-off'],
		['no-answer', 'no-answer'],
		['other-lock', 'other-lock'],
		['not-a-lock', 'not-a-lock'],
		['lost', 'lost-before'],
		['timed-out', 'lost-before']
	])('%s of the link is told as %s', async (code, failure) => {
		const { sync, server } = makeRig();
		const connect = () => Promise.reject(new LinkError(code, 'as the test wants'));
		const talk = new LockConversation({ mac: MAC, connect, sync, call: server.call });
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', reached: 'connecting', failure });
		expect(server.asked).toEqual([]);
	});

	test('a cancelled chooser is no failure', async () => {
		const { sync, server } = makeRig();
		const connect = () => Promise.resolve(null);
		const talk = new LockConversation({ mac: MAC, connect, sync, call: server.call });
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'idle', failure: null });
	});

	test('a lock that sleeps on is tried for 20 seconds', async () => {
		const { talk, lock } = makeRig();
		lock.awake = false;
		void talk.open('unlock');
		await pass(19_000);
		expect(talk.phase).toBe('connecting');
		await pass(2_000);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'no-answer' });
	});

	test('a hello of 19 bytes is no lock’s', async () => {
		const { talk, lock, server } = makeRig();
		lock.hello = lock.hello.slice(1);
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', failure: 'not-a-lock' });
		expect(server.asked).toEqual([]);
	});

	test.each<[ClientErrorCode, string]>([
		['signed-out', 'signed-out'],
		['not-now', 'not-now'],
		['forbidden', 'not-now'],
		['not-found', 'foreign'],
		['no-network', 'no-network'],
		['timed-out', 'server-fault'],
		['internal', 'server-fault'],
		['bad-reply', 'server-fault']
	])('%s of the server is told as %s', async (code, failure) => {
		const { talk, lock, server } = makeRig();
		server.refusal = new ClientError(code, 'as the test wants');
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', reached: 'asking', failure });
		expect(lock.written).toEqual([[]]);
		expect(lock.ear).toBeNull();
	});

	test('commands that do not open are the server’s fault', async () => {
		const { talk, lock, server } = makeRig();
		server.commands = () => ({ commands: ['00'.repeat(20)], opensAt: 1, issuedAt: ISSUED });
		await talk.open('unlock');
		expect(talk.failure).toBe('server-fault');
		expect(lock.written).toEqual([[]]);
	});

	test('a slow server is called slow after three seconds', async () => {
		const { talk, server } = makeRig();
		const { promise, resolve } = Promise.withResolvers<void>();
		server.gate = promise;
		void talk.open('unlock');
		await pass(2_900);
		expect(talk).toMatchObject({ phase: 'asking', slow: false });
		await pass(200);
		expect(talk.slow).toBe(true);
		resolve();
		await pass();
		expect(talk).toMatchObject({ phase: 'open', slow: false });
	});

	test('a link lost while asking is begun anew, and given up after three', async () => {
		const { talk, lock, server } = makeRig();
		server.gate = new Promise(() => undefined);
		void talk.open('unlock');
		for (let times = 1; times <= 3; times++) {
			await pass(100);
			expect(talk.phase).toBe('asking');
			expect(lock.connections).toBe(times);
			lock.hangUp();
		}
		await pass(100);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-before' });
		expect(lock.written).toEqual([[], [], []]);
	});

	test('a link lost once while asking opens all the same, once', async () => {
		const { talk, lock, server } = makeRig();
		server.gate = new Promise(() => undefined);
		void talk.open('unlock');
		await pass(100);
		const began = talk.began.connecting;
		server.gate = null;
		lock.hangUp();
		await pass(100);
		expect(talk.phase).toBe('open');
		expect(talk.began.connecting).toBe(began);
		expect(lock.written.map(({ length }) => length)).toEqual([0, 2]);
	});

	test.each([
		['hangs up', hangUp],
		['is silent', silence]
	])('a lock that %s at a packet that does not open is begun anew', async (_, fault) => {
		const { talk, lock } = makeRig();
		lock.script = [fault];
		lock.later = [[success, success]];
		void talk.open('unlock');
		await pass(6_000);
		expect(talk.phase).toBe('open');
		expect(lock.written.map(({ length }) => length)).toEqual([1, 2]);
	});
});
