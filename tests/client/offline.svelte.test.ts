import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ContactRequest } from '../../src/lib/api/app/offline.ts';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { phoneName } from '../../src/lib/client/contact.ts';
import { Readiness } from '../../src/lib/client/offline.svelte.ts';
import type { OfferedKey } from '../../src/lib/vault/task.ts';
import { DAY, MAC, makeKeyring, named, offered, OWNER, SESSION } from '../vault/secrets.ts';

let rig: ReturnType<typeof makeKeyring>;
let owner: string | null;
let server: PaperServer;
let news: unknown[];

/** The endpoints of offline keys, on paper. */
class PaperServer {
	contacts: ContactRequest[] = [];
	asked: string[] = [];
	keys: OfferedKey[] = [];
	now = Date.now();
	refusal: ClientError | null = null;
	/** Keys that a request for one adds. */
	gives: OfferedKey[] = [];

	readonly call: Call = async (_schema, method, path, body) => {
		await Promise.resolve();
		if (this.refusal) throw this.refusal;
		if (path === '/api/offline/contact') return this.#contact(body as ContactRequest) as never;
		this.asked.push(path);
		if (method === 'DELETE') this.keys = [];
		this.keys.push(...this.gives.splice(0));
		return { key: this.keys.at(-1) } as never;
	};

	#contact(request: ContactRequest) {
		this.contacts.push(structuredClone(request));
		const has = (key: OfferedKey) =>
			request.has.some(({ slot, issue }) => slot === key.slot && issue === key.issue);
		return {
			now: this.now,
			leaseEnds: this.now + 7 * DAY,
			keys: this.keys.map((key) => (has(key) ? named(key) : key)),
			wipe: []
		};
	}
}

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
		expect(readiness.count([MAC, 'another'])).toBe(1);
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

	test('says why the storage fails', async () => {
		const readiness = make();
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
		await readiness.look();
		expect(readiness.trouble).toBeNull();
	});
});

describe('a lock about to be opened', () => {
	test('gets a key asked for once, after the phone is known', async () => {
		server.gives = [key({ state: 'waiting', readyUntil: null })];
		const readiness = make();
		await Promise.all([readiness.expect({ mac: MAC }), readiness.expect({ mac: MAC })]);
		expect(server.asked).toEqual([`/api/locks/${encodeURIComponent(MAC)}/keys`]);
		expect(readiness.of(MAC)).toEqual({ state: 'waits' });
		await readiness.expect({ mac: MAC });
		expect(server.asked).toHaveLength(1);
	});

	test.each([
		['that this person may not open', { mayOpen: false }],
		['with few slots left', { slotsUsed: 81 }]
	])('%s gets none', async (_, lock) => {
		const readiness = make();
		await readiness.expect({ mac: MAC, ...lock });
		await readiness.expect({ mac: MAC });
		expect(server.asked).toEqual([]);
	});

	test('gets none after a manager took it away, but for a person who asks', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		server.keys = [];
		await readiness.contact();
		await readiness.expect({ mac: MAC });
		expect(server.asked).toEqual([]);
		server.gives = [key({ issue: 4 })];
		await readiness.askForKey(MAC);
		expect(readiness.of(MAC).state).toBe('ready');
	});

	test('gives its key back, which is gone from here at once', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		await readiness.giveUp(MAC);
		expect(server.asked).toEqual([`/api/locks/${encodeURIComponent(MAC)}/keys/7?issue=3`]);
		expect(readiness.of(MAC)).toEqual({ state: 'revoked' });
		// Again, and without a key, there is nothing to give.
		await readiness.giveUp('another');
		expect(server.asked).toHaveLength(1);
	});

	test('keeps its key when the server could not be told', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		server.refusal = new ClientError('no-network', 'as the test wants');
		await expect(readiness.giveUp(MAC)).rejects.toMatchObject({ code: 'no-network' });
		expect(readiness.of(MAC).state).toBe('ready');
		// Taken away meanwhile: that is what was wanted.
		server.refusal = new ClientError('not-found', 'as the test wants');
		await readiness.giveUp(MAC);
	});

	test('is one of many that a person asks for, until they stop it', async () => {
		const readiness = make();
		const stopper = new AbortController();
		let asked = 0;
		const count = () => {
			if (++asked === 2) stopper.abort();
		};
		await readiness.askForKeys([MAC, 'second', 'third'], count, stopper.signal);
		expect(asked).toBe(2);
		expect(server.asked).toHaveLength(2);
		// Before the first to be known, and after the last to fetch what came.
		expect(server.contacts).toHaveLength(2);
		server.refusal = new ClientError('conflict', 'as the test wants');
		await expect(readiness.askForKeys(['third'])).rejects.toMatchObject({ code: 'conflict' });
	});

	test('is asked for again when there was no network', async () => {
		server.refusal = new ClientError('no-network', 'as the test wants');
		const readiness = make();
		await readiness.expect({ mac: MAC });
		server.refusal = null;
		server.gives = [key()];
		await readiness.expect({ mac: MAC });
		expect(readiness.of(MAC).state).toBe('ready');
	});

	test('tells a person who asks why there is none', async () => {
		const readiness = make();
		await readiness.contact();
		server.refusal = new ClientError('conflict', 'all slots are taken');
		await expect(readiness.askForKey(MAC)).rejects.toMatchObject({ code: 'conflict' });
	});

	test('is another’s after another has signed in', async () => {
		server.keys = [key()];
		const readiness = make();
		await readiness.contact();
		owner = 'bob company';
		server.keys = [];
		await readiness.contact();
		expect(readiness.of(MAC)).toEqual({ state: 'not-asked' });
		server.gives = [key()];
		await readiness.expect({ mac: MAC });
		expect(readiness.of(MAC).state).toBe('ready');
		expect(rig.work).toHaveBeenCalled();
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
