import { flushSync } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LockConversation } from '../../src/lib/client/lock.svelte.ts';
import { ISSUED, MAC, makeRig, pass, refusing, SESSION, sleep, success } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

describe('an opening', () => {
	test('goes through its phases, tells what it reads, and ends when the lock sleeps', async () => {
		const { talk, lock, server, outbox } = makeRig();
		const phases: string[] = [];
		const stop = $effect.root(() => {
			$effect(() => {
				phases.push(talk.phase);
			});
		});
		flushSync();
		const done = talk.open('unlock');
		flushSync();
		await pass();
		flushSync();
		expect(talk.phase).toBe('open');
		expect(talk.openedAt).toBe(Date.now());
		expect(talk.battery).toEqual({ millivolts: 2820, at: Date.now() });
		expect(talk.reported).toBe(true);
		expect(server.asked[0]).toEqual({
			method: 'POST',
			path: `/api/locks/${encodeURIComponent(MAC)}/commands`,
			body: { session: SESSION, action: 'unlock' }
		});
		expect(lock.written).toEqual([['00'.repeat(20), '01'.repeat(20)]]);
		expect(outbox.batches.size).toBe(0);
		sleep(false)(lock.ear!);
		await done;
		flushSync();
		expect(talk.phase).toBe('asleep');
		expect(talk.endedAs).toEqual({ state: 'closed', at: Date.now() });
		expect(phases.at(0)).toBe('idle');
		expect(phases.at(-1)).toBe('asleep');
		stop();
	});

	test('says open as last known when the link goes without a word', async () => {
		const { talk, lock } = makeRig();
		const done = talk.open('unlock');
		await pass();
		lock.hangUp();
		await done;
		expect(talk).toMatchObject({ phase: 'asleep', endedAs: null, openedAt: Date.now() });
	});

	test('keeps what the lock said before the screen says anything', async () => {
		const { talk, outbox } = makeRig();
		const { promise, resolve } = Promise.withResolvers<void>();
		outbox.gate = promise;
		void talk.open('unlock');
		await pass();
		expect(talk.phase).toBe('opening');
		resolve();
		await pass();
		expect(talk.phase).toBe('open');
	});

	test('waits for a lock that somebody wakes', async () => {
		const { talk, lock } = makeRig();
		lock.awake = false;
		void talk.open('unlock');
		await pass(8_000);
		expect(talk.phase).toBe('connecting');
		lock.awake = true;
		await pass(500);
		expect(talk.phase).toBe('open');
	});

	test('is one for a double tap, and for taps while it runs', async () => {
		const { talk, lock, server } = makeRig();
		void talk.open('unlock');
		void talk.open('unlock');
		await pass();
		await talk.open('unlock');
		expect(lock.written).toHaveLength(1);
		expect(server.count('/commands')).toBe(1);
	});

	test('is left to the tab that has the lock', async () => {
		const { connect, sync, server, lock } = makeRig();
		const locks = {
			request: (_name: string, _options: object, work: (lock: null) => unknown) => work(null)
		};
		const talk = new LockConversation({
			mac: MAC,
			connect,
			sync,
			call: server.call,
			locks: locks as unknown as LockManager
		});
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', failure: 'busy' });
		expect(lock.connections).toBe(0);
	});

	test('begins anew after it has ended', async () => {
		const { talk, lock } = makeRig();
		void talk.open('unlock');
		await pass();
		sleep(true)(lock.ear!);
		await pass();
		expect(talk.endedAs).toEqual({ state: 'open', at: Date.now() });
		void talk.open('unshackle');
		expect(talk).toMatchObject({ phase: 'connecting', endedAs: null, openedAt: null });
		await pass();
		expect(talk.phase).toBe('open');
	});
});

describe('the lock’s answer', () => {
	test.each([
		['invalid-key', 'wrong-key'],
		['failed-to-unlock', 'stuck'],
		['failed-to-unshackle', 'stuck'],
		['out-of-schedule', 'not-now'],
		['invalid-command', 'refused-by-lock'],
		['invalid-permission', 'refused-by-lock'],
		['invalid-data', 'refused-by-lock']
	] as const)('%s is told as %s', async (result, failure) => {
		const { talk, lock } = makeRig();
		lock.script = [success, refusing(result)];
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', reached: 'opening', failure, openedAt: null });
		expect(lock.written).toHaveLength(1);
		expect(lock.ear).toBeNull();
	});

	test('a refused packet before the one that opens does not matter', async () => {
		const { talk, lock } = makeRig();
		lock.script = [refusing('invalid-key'), success];
		void talk.open('unlock');
		await pass();
		expect(talk.phase).toBe('open');
	});

	test('to the likeliest of several openings is not the last word', async () => {
		const { talk, lock, server } = makeRig();
		server.commands = () => ({
			commands: ['00'.repeat(20), '01'.repeat(20), '02'.repeat(20)],
			opensAt: 0,
			issuedAt: ISSUED
		});
		const wrong = refusing('invalid-key');
		lock.script = [wrong, success, wrong];
		void talk.open('unlock');
		await pass();
		expect(talk.phase).toBe('open');
		lock.hangUp();
		await pass();
		// With the last answer lost nobody knows whether that one opened.
		lock.later = [[wrong, wrong, (ear) => ((lock.awake = false), ear.hangUp())]];
		void talk.open('unlock');
		await pass(100);
		expect(talk.failure).toBe('lost-after');
		talk.stop();
	});
});
