import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Pairings, type PairingFacts } from '../../src/lib/vault/pairings.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { makeKeyring, NOW, OWNER } from './secrets.ts';

const FACTS: PairingFacts = {
	company: 'acme',
	lock: 'M101T_d83b32',
	vendor: 'ttlock',
	name: 'Haupttür 1 · Süd',
	state: 'begun',
	at: NOW,
	refused: null
};
const SECRET = { kept: '{"aesKey":"5a5a"}', lockData: null };

let vault: Vault;
let pairings: Pairings;
beforeEach(() => {
	vault = new Vault(`pairings ${Math.random()}`);
	pairings = new Pairings(vault);
});
afterEach(() => vault.close());

describe('pairings that the server does not have', () => {
	test('are kept sealed, and come back whole', async () => {
		const kept = await pairings.keep(FACTS, SECRET);
		expect(await pairings.recall('acme', FACTS.lock)).toEqual(kept);
		expect(kept).toMatchObject({ ...FACTS, ...SECRET });
		expect(await pairings.of('acme')).toEqual([FACTS]);
		const [record] = await vault.use((db) => db.getAll('pairings'));
		expect(record?.sealing.extractable).toBe(false);
		expect(new TextDecoder().decode(record?.sealed)).not.toContain('aesKey');
	});

	test('are of one company, and of one lock each', async () => {
		await pairings.keep(FACTS, SECRET);
		await pairings.keep({ ...FACTS, lock: 'M101T_000001', at: NOW - 1 }, SECRET);
		await pairings.keep({ ...FACTS, state: 'paired' }, { kept: 'b', lockData: 'data' });
		expect((await pairings.of('acme')).map(({ lock, state }) => [lock, state])).toEqual([
			['M101T_000001', 'begun'],
			[FACTS.lock, 'paired']
		]);
		expect(await pairings.of('other')).toEqual([]);
		expect(await pairings.recall('other', FACTS.lock)).toBeNull();
		expect(await pairings.recall('acme', FACTS.lock)).toMatchObject({ lockData: 'data' });
	});

	test('are let go of one by one: not those that came meanwhile', async () => {
		const first = await pairings.keep(FACTS, SECRET);
		const second = await pairings.keep(FACTS, { kept: 'newer', lockData: null });
		await pairings.settle(first);
		await pairings.settle(first, 'conflict');
		expect(await pairings.recall('acme', FACTS.lock)).toEqual(second);
		await pairings.settle(second, 'conflict');
		expect(await pairings.recall('acme', FACTS.lock)).toEqual({ ...second, refused: 'conflict' });
		await pairings.settle(second);
		expect(await pairings.of('acme')).toEqual([]);
		await pairings.keep(FACTS, SECRET);
		await pairings.forget('acme', FACTS.lock);
		expect(await pairings.recall('acme', FACTS.lock)).toBeNull();
	});

	test('outlive a sign-out and the sign-in of somebody else', async () => {
		const { keyring, vault: shared } = makeKeyring();
		const own = new Pairings(shared);
		await keyring.meet(OWNER);
		const kept = await own.keep(FACTS, SECRET);
		await keyring.wipe();
		await keyring.meet('bob acme');
		expect(await own.recall('acme', FACTS.lock)).toEqual(kept);
		await own.forget('acme', FACTS.lock);
		await shared.close();
	});

	test('that are not what was sealed are none', async () => {
		await pairings.keep(FACTS, SECRET);
		await vault.use(async (db) => {
			const [record] = await db.getAll('pairings');
			await db.put('pairings', { ...record!, lock: 'M101T_ffffff' });
		});
		expect(await pairings.recall('acme', 'M101T_ffffff')).toBeNull();
		expect(await pairings.recall('acme', FACTS.lock)).not.toBeNull();
	});
});
