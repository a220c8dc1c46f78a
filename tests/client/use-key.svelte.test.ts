import { afterEach, describe, expect, test, vi } from 'vitest';
import { ClientError, type ClientErrorCode } from '../../src/lib/client/call.ts';
import { LockConversation } from '../../src/lib/client/lock.svelte.ts';
import type { KeyUse } from '../../src/lib/client/offline.svelte.ts';
import { toHex } from '../../src/lib/protocol/bytes.ts';
import { hangUp, makeRig, MAC, pass, refusing, SESSION, silence, sleep } from './rig.ts';

afterEach(() => {
	vi.useRealTimers();
});

const PACKET = new Uint8Array(20).fill(7);
const AT = 1_764_000_020_000;
const USE: KeyUse = { packet: PACKET, slot: 7, at: AT, waits: false };

/** A conversation without network, on a phone whose vault answers as it is told. */
function makeOffline(use: KeyUse | { refusal: { code: 'no-key' } } = USE) {
	const rig = makeRig();
	const { sync, server, connect, outbox } = rig;
	server.refusal = new ClientError('no-network', 'a basement');
	const keys = {
		expect: vi.fn(() => Promise.resolve()),
		holds: vi.fn(() => true),
		use: vi.fn(async () => use),
		contact: vi.fn(() => Promise.resolve())
	};
	const talk = new LockConversation({ mac: MAC, connect, sync, call: server.call, keys });
	const claims = () => [...outbox.claims.values()];
	return { ...rig, keys, talk, claims };
}

describe('without network', () => {
	test('the key on this phone opens, and its claim is stored before the packet is sent', async () => {
		const { talk, lock, keys, claims, outbox } = makeOffline();
		let release = () => {};
		outbox.gate = new Promise((resolve) => (release = resolve));
		void talk.open('unlock');
		await pass(100);
		expect(talk).toMatchObject({ phase: 'asking', offline: true });
		expect(lock.written).toEqual([[]]);
		release();
		await pass();
		expect(lock.written).toEqual([[toHex(PACKET)]]);
		expect(claims()).toMatchObject([{ mac: MAC, slot: 7, at: AT, session: SESSION }]);
		expect(keys.use).toHaveBeenCalledWith(MAC, lock.hello);
		expect(talk).toMatchObject({ phase: 'open', failure: null, reported: false });
		sleep(false)(lock.ear!);
		await pass();
		expect(talk).toMatchObject({ phase: 'asleep', endedAs: { state: 'closed' } });
	});

	test('what is kept is told the server once there is network', async () => {
		const { talk, lock, server, sync, claims } = makeOffline();
		void talk.open('unlock');
		await pass();
		sleep(false)(lock.ear!);
		await pass();
		expect(talk.reported).toBe(false);
		server.refusal = null;
		await sync.flush();
		expect(talk.reported).toBe(true);
		expect(claims()).toEqual([]);
		const upload = server.asked.findLast(({ path }) => path === '/api/uploads');
		expect(upload?.body).toMatchObject({
			batches: [{ mac: MAC, session: SESSION }],
			claims: [{ mac: MAC, slot: 7, at: AT }]
		});
	});

	test.each<ClientErrorCode>([
		'signed-out',
		'forbidden',
		'not-now',
		'not-found',
		'conflict',
		'gone',
		'too-many',
		'internal',
		'bad-reply'
	])('a refusal (%s) never leads to the key', async (code) => {
		const { talk, server, keys, lock } = makeOffline();
		server.refusal = new ClientError(code, 'as the test wants');
		await talk.open('unlock');
		expect(keys.use).not.toHaveBeenCalled();
		expect(talk).toMatchObject({ phase: 'failed', offline: false });
		expect(lock.written).toEqual([[]]);
	});

	test('five seconds without an answer are no network, and a late answer is dropped', async () => {
		const { talk, server, keys, lock } = makeOffline();
		server.refusal = null;
		let release = () => {};
		server.gate = new Promise((resolve) => (release = resolve));
		void talk.open('unlock');
		await pass(4_900);
		expect(keys.use).not.toHaveBeenCalled();
		expect(talk).toMatchObject({ phase: 'asking', offline: false, slow: true });
		await pass(200);
		expect(talk).toMatchObject({ phase: 'open', offline: true });
		release();
		await pass(1_000);
		expect(lock.written).toEqual([[toHex(PACKET)]]);
	});

	test('a phone without a key waits as long as ever', async () => {
		const { talk, server, keys } = makeOffline({ refusal: { code: 'no-key' } });
		keys.holds.mockReturnValue(false);
		server.refusal = null;
		server.gate = new Promise(() => {});
		void talk.open('unlock');
		await pass(14_000);
		expect(talk.phase).toBe('asking');
		talk.stop();
	});

	test.each<[KeyUse, object]>([
		[{ refusal: { code: 'no-key' } }, { failure: 'no-network' }],
		[{ refusal: { code: 'lease-over', ended: 5 } }, { failure: 'lease-over', keyEnded: 5 }],
		[{ refusal: { code: 'clock-back' } }, { failure: 'clock-back' }],
		[{ refusal: { code: 'evicted' } }, { failure: 'evicted' }],
		[{ refusal: { code: 'storage-failed', storage: 'outdated' } }, { failure: 'storage-failed' }]
	])('%j is told, and nothing is sent', async (use, told) => {
		const { talk, lock, claims } = makeOffline(use);
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', reached: 'asking', ...told });
		expect(lock.written).toEqual([[]]);
		expect(claims()).toEqual([]);
	});

	test.each([
		['invalid-key', false, 'wrong-key'],
		['invalid-key', true, 'waits-for-lock'],
		['out-of-schedule', false, 'lease-over'],
		['failed-to-unlock', false, 'stuck']
	] as const)('the lock’s %s (waiting: %s) is told as %s', async (result, waits, failure) => {
		const { talk, lock, claims, sync } = makeOffline({ ...USE, waits });
		lock.script = [refusing(result)];
		await talk.open('unlock');
		expect(talk).toMatchObject({ phase: 'failed', failure, keyEnded: null });
		expect(claims()).toEqual([]);
		expect(sync.unsent.size).toBe(0);
	});

	test.each([
		['the link', hangUp, 0],
		['the answer', silence, 5_100]
	])('when %s is lost the claim stays, and nothing is sent again', async (_, fault, wait) => {
		const { talk, lock, claims } = makeOffline();
		lock.script = [fault];
		void talk.open('unlock');
		await pass(wait + 10);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'lost-after' });
		await pass(60_000);
		expect(lock.written).toEqual([[toHex(PACKET)]]);
		expect(claims()).toHaveLength(1);
	});

	test('a double tap opens once', async () => {
		const { talk, lock, keys } = makeOffline();
		void talk.open('unlock');
		void talk.open('unlock');
		await pass(100);
		void talk.open('unlock');
		await pass(100);
		expect(lock.written).toEqual([[toHex(PACKET)]]);
		expect(keys.use).toHaveBeenCalledTimes(1);
	});

	test('a link that is lost before the packet is made anew, with a packet of its own', async () => {
		const { talk, lock, keys, claims } = makeOffline();
		keys.use.mockImplementationOnce(async () => {
			lock.hangUp();
			await pass();
			return USE;
		});
		void talk.open('unlock');
		await pass(1_000);
		expect(lock.written).toEqual([[], [toHex(PACKET)]]);
		expect(keys.use).toHaveBeenCalledTimes(2);
		expect(claims()).toHaveLength(1);
	});

	test('a link that is lost while the claim is stored leaves none', async () => {
		const { talk, lock, claims, outbox } = makeOffline();
		let release = () => {};
		outbox.gate = new Promise((resolve) => (release = resolve));
		void talk.open('unlock');
		await pass();
		lock.awake = false;
		lock.hangUp();
		await pass();
		release();
		await pass(30_000);
		expect(talk).toMatchObject({ phase: 'failed', failure: 'no-answer' });
		expect(lock.written).toEqual([[]]);
		expect(claims()).toEqual([]);
	});

	test('no key takes a shackle off', async () => {
		const { talk, keys } = makeOffline();
		await talk.open('unshackle');
		expect(talk.failure).toBe('no-network');
		expect(keys.use).not.toHaveBeenCalled();
	});
});

describe('with network', () => {
	test('a key is asked for ahead, and the phone reports after it opened', async () => {
		const { talk, server, keys } = makeOffline();
		server.refusal = null;
		void talk.open('unlock');
		await pass();
		expect(talk).toMatchObject({ phase: 'open', offline: false });
		expect(keys.expect).toHaveBeenCalledWith(expect.objectContaining({ mac: MAC }));
		expect(keys.contact).toHaveBeenCalledTimes(1);
		expect(keys.use).not.toHaveBeenCalled();
	});

	test('asking for a key is never waited for', async () => {
		const { talk, server, keys } = makeOffline();
		keys.expect.mockReturnValue(new Promise(() => {}));
		server.refusal = null;
		void talk.open('unlock');
		await pass();
		expect(talk.phase).toBe('open');
	});
});
