import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Sync } from '../../src/lib/client/sync.svelte.ts';
import {
	askToDeliver,
	deliverBeforeLeaving,
	deliverUnattended
} from '../../src/lib/client/unattended.ts';
import { AnswerStore } from '../../src/lib/vault/answers.ts';
import { Outbox } from '../../src/lib/vault/outbox.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { Turns } from '../../src/lib/vault/turns.ts';
import { ANNA, MAC, SESSION } from './rig.ts';

interface Request {
	path: string;
	body: {
		batches: { id: string }[];
		claims?: object[];
		sentAt?: number;
		turns?: { id: string }[];
	} | null;
}

const ME = {
	user: { id: ANNA.person, name: 'Anna', email: 'anna@example.org' },
	company: { id: ANNA.company, name: 'Pump works', role: 'member', ownerName: 'Ada' },
	firstRun: false,
	demoEnds: null
};

let requests: Request[];
/** What the server says; a number is a refusal. */
let me: typeof ME | { company: null } | number | 'nothing';
let held: string[];
const { signal } = new AbortController();
const locks = {
	request: async (name: string, _: object, work: (lock: object) => unknown) => {
		held.push(name);
		return work({});
	}
} as unknown as LockManager;

beforeEach(async () => {
	vi.stubGlobal('indexedDB', new IDBFactory());
	requests = [];
	held = [];
	me = ME;
	vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
		const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Request['body']) : null;
		requests.push({ path, body });
		if (me === 'nothing') return Promise.reject(new TypeError('Failed to fetch'));
		if (typeof me === 'number') return Promise.resolve(new Response(null, { status: me }));
		if (body === null) return Promise.resolve(Response.json(me));
		const heard = body.turns?.map(({ id }) => id);
		const durable = body.batches?.map(({ id }) => id);
		return Promise.resolve(Response.json(heard ? { heard } : { durable, refused: [] }));
	});
	await use(async (outbox) => {
		await outbox.append(
			{ id: 'a-batch', ...ANNA, mac: MAC, session: SESSION, receivedAt: 5, packets: ['50'] },
			false
		);
		await outbox.claim({ id: 'a-claim', ...ANNA, mac: MAC, session: SESSION, slot: 7, at: 4 });
	});
});

afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

async function use<T>(work: (outbox: Outbox) => Promise<T>): Promise<T> {
	const vault = new Vault();
	const result = await work(new Outbox(vault));
	await vault.close();
	return result;
}

const waiting = () =>
	use(async (outbox) => {
		const { batches, claims } = await outbox.unsent(ANNA);
		return batches.length + claims.length;
	});

describe('without a page', () => {
	test('everything goes to the server in one request, alone in this browser', async () => {
		await deliverUnattended(locks, signal);
		expect(held).toEqual(['hasp-outbox']);
		expect(requests.filter(({ path }) => path === '/api/uploads')).toMatchObject([
			{ body: { batches: [{ id: 'a-batch' }], claims: [{ slot: 7, at: 4 }], sender: ANNA } }
		]);
		expect(await waiting()).toBe(0);
	});

	test('times are told by the server’s clock', async () => {
		const vault = new Vault();
		const device = { phone: 'p', owner: '', born: '', ahead: -3_600_000 };
		await vault.use(async (db) => void (await db.put('device', device as never, 'phone')));
		await vault.close();
		await deliverUnattended(locks, signal);
		const { sentAt } = requests.find(({ body }) => body !== null)!.body!;
		expect(Math.abs(sentAt! - (Date.now() - 3_600_000))).toBeLessThan(60_000);
	});

	test('what was opened at door locks goes, too', async () => {
		const vault = new Vault();
		const turn = { id: 'a-turn-1', door: 5, action: 'unlock' as const, at: 4, answers: ['00'] };
		await new Turns(vault).note({ ...turn, owner: `${ANNA.person} ${ANNA.company}` });
		await deliverUnattended(locks, signal);
		const told = requests.filter(({ path }) => path === '/api/offline/turns');
		expect(told).toMatchObject([{ body: { turns: [turn], sender: ANNA } }]);
		expect(await new Turns(vault).isEmpty()).toBe(true);
		await vault.close();
	});

	test('an upload that fails keeps no opening at a door lock back', async () => {
		const vault = new Vault();
		const turn = { id: 'a-turn-1', door: 5, action: 'unlock' as const, at: 4, answers: ['00'] };
		await new Turns(vault).note({ ...turn, owner: `${ANNA.person} ${ANNA.company}` });
		const answers = fetch;
		vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
			path === '/api/uploads'
				? Promise.resolve(new Response(null, { status: 500 }))
				: answers(path, init)
		);
		await expect(deliverUnattended(locks, signal)).rejects.toMatchObject({ code: 'internal' });
		expect(await new Turns(vault).isEmpty()).toBe(true);
		await vault.close();
	});

	test.each([
		['a server that is down', 'nothing', 'no-network'],
		['a server that fails', 500, 'internal'],
		['a proxy without its server', 503, 'timed-out']
	] as const)('%s is tried again by the browser, and nothing is lost', async (_, answer, code) => {
		me = answer;
		await expect(deliverUnattended(locks, signal)).rejects.toMatchObject({ code });
		expect(await waiting()).toBe(2);
	});

	test('nobody is signed in: it waits, and another try would not help', async () => {
		for (const answer of [{ ...ME, user: null, company: null }, 401] as const) {
			me = answer;
			await deliverUnattended(locks, signal);
			expect(requests.some(({ path }) => path === '/api/uploads')).toBe(false);
			expect(await waiting()).toBe(2);
		}
	});

	test('nobody is asked who is signed in where nothing waits', async () => {
		await deliverUnattended(locks, signal);
		requests = [];
		await deliverUnattended(locks, signal);
		expect(requests).toEqual([]);
	});

	test('a page that sends is left alone, and the browser tries again', async () => {
		const taken = {
			request: (_: string, __: object, work: (lock: null) => unknown) => work(null)
		} as unknown as LockManager;
		await expect(deliverUnattended(taken, signal)).rejects.toMatchObject({ code: 'timed-out' });
		expect(requests).toEqual([]);
		expect(await waiting()).toBe(2);
	});

	test('it rests at once where a newer version begins', async () => {
		const rest = new AbortController();
		vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => {
			queueMicrotask(() => rest.abort());
			return new Promise((_, reject) =>
				signal!.addEventListener('abort', () => reject(signal!.reason as Error))
			);
		});
		await expect(deliverUnattended(locks, rest.signal)).rejects.toMatchObject({
			name: 'AbortError'
		});
		expect(await waiting()).toBe(2);
	});

	test('another company is signed in: nothing of it is shown to them', async () => {
		me = { ...ME, company: { ...ME.company, id: 'another' } };
		await deliverUnattended(locks, signal);
		expect(requests.some(({ path }) => path === '/api/uploads')).toBe(false);
		expect(await waiting()).toBe(2);
	});

	test('who signs out below ground is not spoken for, also while the worker waits its turn', async () => {
		const later = {
			request: async (_: string, __: object, work: (lock: object) => unknown) => {
				await new AnswerStore().forget(true);
				return work({});
			}
		} as unknown as LockManager;
		await deliverUnattended(later, signal);
		expect(requests).toEqual([]);
		expect(await waiting()).toBe(2);
	});
});

describe('before a sign-out', () => {
	test('what waits goes to the server', async () => {
		await deliverBeforeLeaving(locks);
		expect(await waiting()).toBe(0);
	});

	test.each([
		['no answer', 'nothing', 'no-network'],
		['a proxy without its server', 503, 'timed-out']
	] as const)('%s leaves it for the next contact', async (_, answer, code) => {
		me = answer;
		await expect(deliverBeforeLeaving(locks)).rejects.toMatchObject({ code });
		expect(await waiting()).toBe(2);
	});

	test('a refusal keeps nobody', async () => {
		me = 500;
		await deliverBeforeLeaving(locks);
		expect(await waiting()).toBe(2);
	});

	test('another tab that sends for long is not waited for', async () => {
		const patience = new AbortController();
		vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
		const busy = {
			request: (_: string, { signal }: LockOptions) =>
				new Promise((_, reject) =>
					signal!.addEventListener('abort', () => reject(signal!.reason as Error))
				)
		} as unknown as LockManager;
		const leaving = deliverBeforeLeaving(busy);
		patience.abort();
		await expect(leaving).rejects.toMatchObject({ code: 'timed-out' });
		expect(requests).toEqual([]);
		vi.restoreAllMocks();
	});
});

describe('asking the browser for it', () => {
	const container = (registration: object) =>
		({ ready: Promise.resolve(registration) }) as unknown as ServiceWorkerContainer;

	test('is for once, and for now and then', async () => {
		const sync = { register: vi.fn(() => Promise.resolve()) };
		const periodicSync = { register: vi.fn(() => Promise.resolve()) };
		await askToDeliver(container({ sync, periodicSync }));
		expect(sync.register.mock.calls).toEqual([['hasp-outbox']]);
		expect(periodicSync.register.mock.calls).toEqual([
			['hasp-outbox', { minInterval: 12 * 3_600_000 }]
		]);
	});

	test('is for what a page may not live to send, and not at every further try', async () => {
		const network = new EventTarget();
		const asked = vi.fn();
		const vault = new Vault();
		const parts = { outbox: new Outbox(vault), sender: () => ANNA, network, askToDeliver: asked };
		const sync = new Sync(parts);
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const stop = sync.start();
		const turnAway = () => network.dispatchEvent(new Event('visibilitychange'));
		await sync.flush();
		turnAway();
		expect(asked).toHaveBeenCalledTimes(0);
		// With a key of this phone, there was no network. The lock comes first.
		await sync.claim({ mac: MAC, session: SESSION, slot: 7, at: 5 });
		expect(asked).toHaveBeenCalledTimes(0);
		vi.advanceTimersByTime(3_000);
		expect(asked).toHaveBeenCalledTimes(1);
		turnAway();
		expect(asked).toHaveBeenCalledTimes(2);
		me = 'nothing';
		await sync.flush();
		expect(asked).toHaveBeenCalledTimes(3);
		// A further try of the page asks for nothing more: the browser has tries of its own.
		await sync.flush();
		expect(asked).toHaveBeenCalledTimes(3);
		me = ME;
		await sync.flush();
		turnAway();
		expect(asked).toHaveBeenCalledTimes(3);
		stop();
		await vault.close();
	});

	test('ends well where the browser has none of it, or forbids it', async () => {
		const register = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
		await askToDeliver(undefined);
		await askToDeliver(container({}));
		await askToDeliver(container({ sync: { register }, periodicSync: { register } }));
	});
});
