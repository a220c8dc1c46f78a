import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClientError, type Call } from '../../src/lib/client/call.ts';
import { Sync } from '../../src/lib/client/sync.svelte.ts';
import { Outbox, type Sender } from '../../src/lib/vault/outbox.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { ANNA, hears, MAC, SESSION } from './rig.ts';

interface Upload {
	batches: { id: string; session: string; packets: string[] }[];
	claims?: { mac: string; slot: number; at: number }[];
	sentAt?: number;
}

let name: string;
let vault: Vault;
let outbox: Outbox;
/** What reached the server's disk, by id; an id with another body would be a fault of ours. */
let durable: Map<string, string>;
let claimed: string[];
let uploads: Upload[];
/** Called after the server has committed and before its answer arrives. */
let afterCommit: () => void;

beforeEach(() => {
	name = `shelf-${Math.random()}`;
	vault = new Vault(name);
	outbox = new Outbox(vault);
	durable = new Map();
	claimed = [];
	uploads = [];
	afterCommit = () => undefined;
});
afterEach(async () => {
	vi.restoreAllMocks();
	await vault.close();
});

const call: Call = async (_schema, _method, _path, body) => {
	const upload = structuredClone(body) as Upload;
	uploads.push(upload);
	await Promise.resolve();
	for (const { id, ...batch } of upload.batches) {
		const text = JSON.stringify(batch);
		expect(durable.get(id) ?? text).toBe(text);
		durable.set(id, text);
	}
	claimed.push(...(upload.claims ?? []).map(({ slot, at }) => `${slot} ${at}`));
	afterCommit();
	return { durable: upload.batches.map(({ id }) => id), refused: [] } as never;
};

function makeSync(box = outbox, parts: Partial<ConstructorParameters<typeof Sync>[0]> = {}) {
	return new Sync({
		outbox: box,
		call,
		sender: () => ANNA,
		...parts
	});
}

const sessionOf = (number: number) => number.toString(16).padStart(40, '0');
const opening = (at: number) => ({ mac: MAC, session: SESSION, slot: 7, at });

/** A disk on which nothing more fits. */
function fillDisk() {
	return vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
		throw new DOMException('full', 'QuotaExceededError');
	});
}

describe('a full disk', () => {
	test('is told, keeps what locks say in memory, and is tried again', async () => {
		const sync = makeSync();
		const full = fillDisk();
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.claim(opening(5));
		expect(sync.trouble).toBe('full');
		expect(sync.unsent.has(SESSION)).toBe(true);
		const offline = makeSync(outbox, {
			call: () => Promise.reject(new ClientError('no-network', 'as the test wants'))
		});
		await offline.flush();
		full.mockRestore();
		await sync.flush();
		expect(sync.trouble).toBeNull();
		expect(durable.size).toBe(1);
		expect(claimed).toEqual(['7 5']);
		expect(sync.unsent.size).toBe(0);
	});

	test('still sends what is on it, for only that makes room', async () => {
		const before = makeSync();
		for (let i = 0; i < 3; i++) await hears(before.begin(MAC, sessionOf(i)), i);
		const kept = before.begin(MAC, SESSION);
		await hears(kept, 9);
		fillDisk();
		await before.flush();
		expect(durable.size).toBe(4);
		expect(before.unsent.size).toBe(0);
		// What was sent under an id may not grow, although the disk could not note that it was.
		await hears(kept, 10);
		await before.flush();
		expect(durable.size).toBe(5);
	});

	test('keeps nobody from opening with a key', async () => {
		fillDisk();
		const sync = makeSync();
		const id = await sync.claim(opening(5));
		await sync.withdraw(id, SESSION);
		expect(sync.unsent.size).toBe(0);
		await sync.flush();
		expect(claimed).toEqual([]);
	});
});

describe('claims', () => {
	test('go with the batches, with the clock by which they were made', async () => {
		const sync = makeSync(outbox, { sentAt: () => Promise.resolve(77) });
		await sync.claim(opening(5));
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		expect(uploads).toMatchObject([
			{
				claims: [{ mac: MAC, session: SESSION, slot: 7, at: 5 }],
				sentAt: 77,
				batches: [{ session: SESSION }]
			}
		]);
		expect((await outbox.unsent(ANNA)).claims).toEqual([]);
	});

	test('that a server never takes do not keep the batches from it', async () => {
		const picky: Call = async (...asked) => {
			if ((asked[3] as Upload).claims) throw new ClientError('bad-input', 'an old server');
			return call(...asked);
		};
		const sync = makeSync(outbox, { call: picky });
		await sync.claim(opening(5));
		await hears(sync.begin(MAC, SESSION), 1);
		await sync.flush();
		expect(durable.size).toBe(1);
		expect(await outbox.refused(ANNA)).toMatchObject([{ at: 5, code: 'bad-input' }]);
		expect(sync.unsent.size).toBe(0);
	});

	test('of another company stay where they are', async () => {
		await makeSync(outbox, { sender: () => ({ company: 'other', person: 'anna' }) }).claim(
			opening(5)
		);
		await makeSync().flush();
		expect(uploads).toEqual([]);
		expect((await outbox.unsent({ company: 'other', person: 'anna' })).claims).toHaveLength(1);
	});

	test('go with nobody but their person', async () => {
		const anna = makeSync();
		const bert = makeSync(outbox, { sender: () => ({ company: 'company', person: 'bert' }) });
		await hears(anna.begin(MAC, SESSION), 1);
		await anna.claim(opening(5));
		await bert.flush();
		// What the lock said is the company's.
		expect(uploads.map(({ batches, claims }) => [batches.length, claims])).toEqual([
			[1, undefined]
		]);
		expect(bert.unsent.size).toBe(0);
		await anna.flush();
		expect(claimed).toEqual(['7 5']);
	});

	test('are found behind those of others', async () => {
		const bert = makeSync(outbox, { sender: () => ({ company: 'company', person: 'bert' }) });
		for (let i = 0; i < 250; i++) await bert.claim(opening(i));
		await makeSync().claim(opening(1000));
		await makeSync().flush();
		expect(claimed).toEqual(['7 1000']);
	});
});

test('nothing is lost to somebody else who signs in meanwhile: the server takes it from its sender only', async () => {
	const strict: Call = async (...asked) => {
		expect(asked[3]).toMatchObject({ sender: ANNA });
		if (uploads.length > 0) throw new ClientError('conflict', 'somebody else is signed in');
		return call(...asked);
	};
	const sync = makeSync(outbox, { call: strict });
	for (let i = 0; i < 60; i++) await hears(sync.begin(MAC, sessionOf(i)), i);
	await sync.claim(opening(5));
	await sync.flush();
	const { batches, claims } = await outbox.unsent(ANNA);
	expect([batches.length, claims.length]).toEqual([10, 1]);
	expect(await outbox.refused(ANNA)).toEqual([]);
});

test('what was refused of one person is shown to no other, and not theirs to delete', async () => {
	let sender: Sender | null = ANNA;
	const sync = makeSync(outbox, { sender: () => sender });
	await outbox.claim({ ...opening(5), id: 'annas', ...ANNA });
	await outbox.settle([], [{ id: 'annas', code: 'bad-input' }]);
	await sync.flush();
	const seen = sync.notTaken;
	expect(seen).toHaveLength(1);
	for (const other of [null, { ...ANNA, person: 'bert' }]) {
		sender = other;
		expect(sync.notTaken).toEqual([]);
		await sync.discard(seen);
		await sync.retry(seen);
	}
	expect(await outbox.refused(ANNA)).toEqual(seen);
});

describe('an outbox of 10,000 entries', () => {
	async function fill(number: number) {
		await vault.use(async (db) => {
			const tx = db.transaction(['outbox', 'claims'], 'readwrite');
			for (let i = 0; i < number; i++) {
				const head = { id: `batch ${i}`, company: 'company', mac: MAC, session: sessionOf(i) };
				const batch = { ...head, receivedAt: i, packets: ['50'.repeat(20)], sealed: false };
				void tx.objectStore('outbox').put(batch);
				if (i % 10 > 0) continue;
				void tx.objectStore('claims').put({ ...head, id: `claim ${i}`, slot: 7, at: i });
			}
			await tx.done;
		});
	}

	test('leaves in bounded requests, the oldest first, reading each entry about once', async () => {
		await fill(10_000);
		let read = 0;
		const getAll = vi.spyOn(IDBIndex.prototype, 'getAll');
		const sync = makeSync();
		await sync.flush();
		for (const { results } of [getAll.mock])
			for (const { value } of results) read += (value as IDBRequest<unknown[]>).result.length;
		expect(durable.size).toBe(10_000);
		expect(claimed).toHaveLength(1_000);
		expect([...durable.keys()].slice(0, 3)).toEqual(['batch 0', 'batch 1', 'batch 2']);
		for (const { batches, claims = [] } of uploads) {
			expect(batches.length).toBeLessThanOrEqual(50);
			expect(claims.length).toBeLessThanOrEqual(100);
		}
		// The server keeps few claims that no opening has come in for: all openings come first.
		const first = uploads.findIndex(({ claims }) => claims !== undefined);
		expect(uploads.slice(first).flatMap(({ batches }) => batches)).toEqual([]);
		expect(read).toBeLessThan(12_000);
		expect(sync.unsent.size).toBe(0);
	}, 60_000);

	test('loses nothing when pages die at any moment, in two tabs, on a line that loses answers', async () => {
		await fill(400);
		let calls = 0;
		afterCommit = () => {
			if (++calls % 3 === 0) throw new ClientError('no-network', 'after it was committed');
		};
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		for (let life = 0; life < 30; life++) {
			// Each tab dies for good after some steps: what it had begun is never heard of again.
			const steps = [3 + ((life * 7) % 11), 4 + ((life * 5) % 13)];
			const tabs = steps.map((left) => {
				const page = { left };
				const box = mortal(new Outbox(new Vault(name)), page);
				return makeSync(box, { call: mortal({ call }, page).call });
			});
			for (const tab of tabs) void tab.flush();
			for (let turn = 0; turn < 60; turn++) await new Promise((next) => setImmediate(next));
		}
		vi.useRealTimers();
		afterCommit = () => undefined;
		const last = makeSync();
		await last.flush();
		expect(durable.size).toBe(400);
		expect(new Set(claimed).size).toBe(40);
		expect((await outbox.unsent(ANNA)).batches).toEqual([]);
		expect(await outbox.refused(ANNA)).toEqual([]);
	}, 60_000);
});

/** The same object on a page that dies after so many of its steps. */
function mortal<T extends object>(whole: T, page: { left: number }): T {
	return new Proxy(whole, {
		get(target, key) {
			const value: unknown = Reflect.get(target, key);
			if (typeof value !== 'function') return value;
			return async (...args: unknown[]) => {
				if (page.left-- <= 0) return new Promise(() => undefined);
				const result: unknown = await Reflect.apply(value, target, args);
				return page.left > 0 ? result : new Promise(() => undefined);
			};
		}
	});
}
