import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { phoneName } from '../../src/lib/client/contact.ts';
import { Readiness } from '../../src/lib/client/offline.svelte.ts';
import type { OfferedKey } from '../../src/lib/vault/task.ts';
import { DAY, MAC, makeKeyring, offered, OWNER, SESSION } from '../vault/secrets.ts';
import { PaperServer } from './paper-server.ts';

let rig: ReturnType<typeof makeKeyring>;
let owner: string | null;
let server: PaperServer;
let news: unknown[];

beforeEach(() => {
	rig = makeKeyring(`readiness-${Math.random()}`);
	owner = OWNER;
	server = new PaperServer();
	news = [];
});
afterEach(async () => {
	vi.useRealTimers();
	await rig.vault.close();
});

function make(parts: Partial<ConstructorParameters<typeof Readiness>[0]> = {}) {
	return new Readiness({
		keyring: rig.keyring,
		owner: () => owner,
		flush: () => Promise.resolve(),
		call: server.call,
		storage: { persist: async () => true, persisted: async () => false },
		channel: { postMessage: (one: unknown) => void news.push(one), addEventListener: () => {} },
		agent: 'Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/150',
		...parts
	});
}

const key = (change: Partial<OfferedKey> = {}) =>
	offered({ readyUntil: server.now + 7 * DAY, ...change });

describe('contact', () => {
	test('seals what comes, asks the browser to keep it, and says so', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		expect(readiness.of(MAC)).toEqual({ state: 'ready', until: expect.any(Number) as number });
		expect(readiness.persisted).toBe(true);
		expect(server.contacts).toMatchObject([
			{ phone: { name: 'Pixel 9' }, persisted: null, has: [] },
			{ persisted: true, has: [{ mac: MAC, slot: 7, issue: 3 }] }
		]);
		expect(news).toContain('keys');
	});

	test('reports openings before it asks where the keys are', async () => {
		const order: string[] = [];
		const call: Call = (...asked) => {
			order.push(asked[2]);
			return server.call(...asked);
		};
		const flush = async () => void order.push('flush');
		await make({ call, flush }).contact();
		expect(order).toEqual(['flush', '/api/offline/contact']);
	});

	test('deletes what was taken away and acknowledges it at once, and once', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		server.keys = [];
		server.contacts = [];
		await readiness.contact();
		expect(readiness.of(MAC)).toEqual({ state: 'revoked' });
		const wiped = [{ mac: MAC, slot: 7, issue: 3 }];
		expect(server.contacts.map((one) => one.wiped)).toEqual([[], wiped]);
		await readiness.contact();
		expect(server.contacts.at(-1)!.wiped).toEqual([]);
	});

	test('is made anew for what came meanwhile, and not more often', async () => {
		const readiness = make();
		const first = readiness.contact();
		expect(readiness.contact()).toBe(first);
		await first;
		expect(server.contacts).toHaveLength(1);
	});

	test('without network leaves everything as it is; signed out, too', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		for (const code of ['no-network', 'signed-out', 'internal'] as const) {
			server.refusal = new ClientError(code, 'as the test wants');
			await readiness.contact();
			expect(readiness.of(MAC).state).toBe('ready');
		}
	});

	test('is kept at start by the hour, and when the network returns', async () => {
		vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
		const network = new EventTarget();
		const readiness = make({ network });
		const stop = readiness.start();
		network.dispatchEvent(new Event('online'));
		await vi.waitFor(() => expect(server.contacts).toHaveLength(1));
		vi.advanceTimersByTime(3_600_000);
		await vi.waitFor(() => expect(server.contacts).toHaveLength(2));
		stop();
		network.dispatchEvent(new Event('online'));
		vi.advanceTimersByTime(3_600_000);
		await readiness.look();
		expect(server.contacts).toHaveLength(2);
	});

	test('is tried again soon when the network that returned led nowhere yet', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
		const network = new EventTarget();
		const readiness = make({ network });
		const stop = readiness.start();
		let tries = 0;
		server.asks = () => {
			if (++tries < 3) throw new ClientError('no-network', 'as the test wants');
		};
		network.dispatchEvent(new Event('online'));
		await vi.waitFor(() => expect(tries).toBe(1));
		await vi.advanceTimersByTimeAsync(2_000);
		await vi.waitFor(() => expect(tries).toBe(2));
		await vi.advanceTimersByTimeAsync(3_900);
		expect(tries).toBe(2);
		await vi.advanceTimersByTimeAsync(200);
		await vi.waitFor(() => expect(server.contacts).toHaveLength(1));
		await vi.advanceTimersByTimeAsync(600_000);
		expect(tries).toBe(3);
		// Who is signed out is not helped by another try, and nobody waits once it has ended.
		server.asks = () => {
			tries++;
			throw new ClientError('signed-out', 'as the test wants');
		};
		await readiness.contact();
		await vi.advanceTimersByTimeAsync(600_000);
		expect(tries).toBe(4);
		stop();
	});

	test('is nobody’s when nobody is signed in', async () => {
		owner = null;
		const readiness = make();
		await readiness.contact();
		expect(server.contacts).toEqual([]);
		expect(readiness.of(MAC)).toEqual({ state: 'not-asked' });
	});
});

describe('readiness', () => {
	test('tells what is missing', async () => {
		vi.useFakeTimers({ toFake: ['Date'] });
		server.now = Date.now();
		const readiness = make();
		expect(readiness.of(MAC)).toEqual({ state: 'not-asked' });
		server.keys = [key({ state: 'waiting', readyUntil: null })];
		await readiness.contact();
		expect(readiness.of(MAC)).toEqual({ state: 'waits' });
		expect(readiness.holds(MAC)).toBe(true);
		server.keys = [key()];
		await readiness.contact();
		const start = Date.now();
		expect(readiness.of(MAC)).toEqual({ state: 'ready', until: start + 7 * DAY });
		vi.setSystemTime(start + 8 * DAY);
		await readiness.look();
		expect(readiness.of(MAC)).toEqual({ state: 'lease-over', ended: start + 7 * DAY });
		vi.setSystemTime(start - DAY);
		await readiness.look();
		expect(readiness.of(MAC)).toEqual({ state: 'clock-back' });
		expect(readiness.holds(MAC)).toBe(false);
		await rig.vault.use(async (db) => {
			await db.clear('device');
			await db.clear('keys');
		});
		await readiness.look();
		expect(readiness.of(MAC)).toEqual({ state: 'evicted' });
		expect(await readiness.use(MAC, SESSION)).toEqual({ refusal: { code: 'evicted' } });
	});

	test('of a phone whose clock is an hour slow is told by that clock', async () => {
		server.now = Date.now() + 3_600_000;
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		const { until } = readiness.of(MAC) as { until: number };
		expect(Math.abs(until - (Date.now() + 7 * DAY))).toBeLessThan(10_000);
		expect(Math.abs(readiness.now - server.now)).toBeLessThan(10_000);
		const use = await readiness.use(MAC, SESSION);
		expect(use).toMatchObject({ slot: 7, waits: false });
		expect(Math.abs((use as { at: number }).at - server.now)).toBeLessThan(10_000);
	});

	test('says why the storage fails, and opens when it does no more', async () => {
		const readiness = make();
		server.keys = [key()];
		await readiness.contact();
		await rig.vault.close();
		const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
			throw new DOMException('no', 'InvalidStateError');
		});
		await readiness.look();
		expect(readiness.trouble).toBe('unavailable');
		expect(await readiness.use(MAC, SESSION)).toEqual({
			refusal: { code: 'storage-failed', storage: 'unavailable' }
		});
		open.mockRestore();
		expect(await readiness.use(MAC, SESSION)).toMatchObject({ slot: 7 });
		expect(readiness.trouble).toBeNull();
	});
});

test.each([
	['Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36', 'Pixel 9'],
	['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36', 'Android phone'],
	['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'Windows computer'],
	['Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)', 'Chromebook'],
	['', 'Another phone']
])('a phone that says %j is called %j', (agent, name) => {
	expect(phoneName(agent)).toBe(name);
});
