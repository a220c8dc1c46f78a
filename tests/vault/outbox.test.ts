import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

function batch(id: string, receivedAt: number, packets = ['p']) {
	return { id, company: 'a', mac: 'm', session: `s${id}`, receivedAt, packets };
}

describe('the outbox', () => {
	test('appends to a batch until it is sealed', async () => {
		expect(await outbox.append(batch('1', 10, ['x']))).toBe(true);
		expect(await outbox.append(batch('1', 20, ['y', 'z']))).toBe(true);
		expect(await outbox.take('a', { batches: 9, packets: 9 })).toMatchObject([
			{ id: '1', receivedAt: 10, packets: ['x', 'y', 'z'], sealed: true }
		]);
		expect(await outbox.append(batch('1', 30, ['late']))).toBe(false);
		expect((await outbox.unsent('a'))[0]!.packets).toEqual(['x', 'y', 'z']);
	});

	test('gives the oldest first, in portions', async () => {
		await outbox.append(batch('c', 3, ['1', '2', '3']));
		await outbox.append(batch('a', 1));
		await outbox.append(batch('b', 2));
		const ids = async (most: { batches: number; packets: number }) =>
			(await outbox.take('a', most)).map(({ id }) => id);
		expect(await ids({ batches: 2, packets: 9 })).toEqual(['a', 'b']);
		expect(await ids({ batches: 9, packets: 4 })).toEqual(['a', 'b']);
		expect(await ids({ batches: 9, packets: 5 })).toEqual(['a', 'b', 'c']);
		expect(await ids({ batches: 9, packets: 0 })).toEqual(['a']);
	});

	test('survives the closing of its database', async () => {
		await outbox.append(batch('1', 1));
		await vault.close();
		expect(await new Outbox(new Vault(name)).unsent('a')).toHaveLength(1);
		expect(await outbox.unsent('a')).toHaveLength(1);
	});

	test('lets a newer version upgrade, and says then that it is outdated', async () => {
		await outbox.append(batch('1', 1));
		const newer = await openDB(name, 99);
		await expect(outbox.append(batch('2', 1))).rejects.toMatchObject({
			name: 'VaultError',
			code: 'outdated'
		});
		newer.close();
	});

	test('settles in one step', async () => {
		await outbox.append(batch('1', 1));
		await outbox.append(batch('2', 2));
		await outbox.settle(['1', 'unknown'], [{ id: '2', code: 'conflict' }]);
		expect(await outbox.unsent('a')).toEqual([]);
		expect(await outbox.refused()).toMatchObject([{ id: '2', code: 'conflict' }]);
	});
});
