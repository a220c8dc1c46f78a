import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Outbox } from '../../src/lib/vault/outbox.ts';
import { Vault } from '../../src/lib/vault/store.ts';

let names = 0;
let name: string;
let vault: Vault;
let outbox: Outbox;

beforeEach(() => {
	name = `vault-${names++}`;
	vault = new Vault(name);
	outbox = new Outbox(vault);
});
afterEach(() => vault.close());

const ANNA = { company: 'a', person: 'anna' };
const MOST = { batches: 9, packets: 9, claims: 9 };

function batch(id: string, receivedAt: number, packets = ['p']) {
	return { id, company: 'a', mac: 'm', session: `s${id}`, receivedAt, packets };
}

describe('the outbox', () => {
	test('appends to a batch until it is sealed', async () => {
		expect(await outbox.append(batch('1', 10, ['x']), false)).toBe(true);
		expect(await outbox.append(batch('1', 20, ['y', 'z']), true)).toBe(true);
		expect((await outbox.take(ANNA, MOST)).batches).toMatchObject([
			{ id: '1', receivedAt: 10, packets: ['x', 'y', 'z'], sealed: true }
		]);
		expect(await outbox.append(batch('1', 30, ['late']), true)).toBe(false);
		expect((await outbox.unsent(ANNA)).batches[0]!.packets).toEqual(['x', 'y', 'z']);
		// Gone to the server, its id does not come back with other packets.
		await outbox.settle(['1'], []);
		expect(await outbox.append(batch('1', 30, ['late']), true)).toBe(false);
		expect((await outbox.unsent(ANNA)).batches).toEqual([]);
	});

	test('gives the oldest first, in portions', async () => {
		await outbox.append(batch('c', 3, ['1', '2', '3']), false);
		await outbox.append(batch('a', 1), false);
		await outbox.append(batch('b', 2), false);
		const ids = async (most: { batches: number; packets: number }) =>
			(await outbox.take(ANNA, { ...most, claims: 9 })).batches.map(({ id }) => id);
		expect(await ids({ batches: 2, packets: 9 })).toEqual(['a', 'b']);
		expect(await ids({ batches: 9, packets: 4 })).toEqual(['a', 'b']);
		expect(await ids({ batches: 9, packets: 5 })).toEqual(['a', 'b', 'c']);
		expect(await ids({ batches: 9, packets: 0 })).toEqual(['a']);
	});

	test('survives the closing of its database', async () => {
		await outbox.append(batch('1', 1), false);
		await vault.close();
		expect((await new Outbox(new Vault(name)).unsent(ANNA)).batches).toHaveLength(1);
		expect((await outbox.unsent(ANNA)).batches).toHaveLength(1);
	});

	test('lets a newer version upgrade, and says then that it is outdated', async () => {
		await outbox.append(batch('1', 1), false);
		const newer = await openDB(name, 99);
		await expect(outbox.append(batch('2', 1), false)).rejects.toMatchObject({
			name: 'VaultError',
			code: 'outdated'
		});
		newer.close();
	});

	test('does not wait for ever for somebody who holds an older version', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		const older = await openDB(name, 1);
		const blocked = expect(outbox.append(batch('1', 1), false)).rejects.toMatchObject({
			name: 'VaultError',
			code: 'unavailable'
		});
		await vi.advanceTimersByTimeAsync(10_000);
		await blocked;
		vi.useRealTimers();
		older.close();
	});

	test('settles in one step', async () => {
		await outbox.append(batch('1', 1), false);
		await outbox.append(batch('2', 2), false);
		await outbox.settle(['1', 'unknown'], [{ id: '2', code: 'conflict' }]);
		expect((await outbox.unsent(ANNA)).batches).toEqual([]);
		expect(await outbox.refused(ANNA)).toMatchObject([{ ids: ['2'], code: 'conflict' }]);
	});

	test('tells whether anything waits, of whomever', async () => {
		expect(await outbox.isEmpty()).toBe(true);
		await outbox.append({ ...batch('1', 1), company: 'b' }, false);
		expect(await outbox.isEmpty()).toBe(false);
		await outbox.settle(['1'], []);
		await outbox.claim({ ...batch('2', 1), slot: 1, at: 1 });
		expect(await outbox.isEmpty()).toBe(false);
	});

	test('keeps what was refused for who sent it, by session, until it is sent again or given up', async () => {
		const claim = (id: string, person?: string) => ({
			...{ id, company: 'a', person, mac: 'm', session: 's1', slot: 1, at: 5 }
		});
		await outbox.append(batch('1', 9), false);
		await outbox.append(batch('2', 7), false);
		await outbox.append({ ...batch('other', 1), company: 'b' }, false);
		for (const one of [claim('3', 'anna'), claim('4', 'bob')]) await outbox.claim(one);
		const before = (await outbox.take(ANNA, MOST)).batches.find(({ id }) => id === '1');
		const ids = ['1', '2', 'other', '3', '4'];
		await outbox.settle(
			[],
			ids.map((id) => ({ id, code: 'not-found' }))
		);
		const refused = async () => (await outbox.refused(ANNA)).map(({ at, ids }) => [at, ...ids]);
		expect(await refused()).toEqual([
			[5, '1', '3'],
			[7, '2']
		]);
		await outbox.discard(ANNA, ['2', 'unknown', 'other']);
		expect(await refused()).toEqual([[5, '1', '3']]);
		await outbox.retry(ANNA, ['1', '3', 'unknown', 'other', '4']);
		expect(await refused()).toEqual([]);
		// Under the same id the same body, as it was sent before.
		expect(await outbox.unsent(ANNA)).toEqual({ batches: [before], claims: [claim('3', 'anna')] });
		expect(await outbox.refused({ company: 'b', person: 'bob' })).toMatchObject([
			{ session: 'sother', mac: 'm', at: 1, code: 'not-found', ids: ['other'] }
		]);
	});
});
