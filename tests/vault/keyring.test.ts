import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { heldOf } from '../../src/lib/vault/keyring.ts';
import { Outbox } from '../../src/lib/vault/outbox.ts';
import { Vault } from '../../src/lib/vault/store.ts';
import { DAY, heard, MAC, makeKeyring, named, NOW, offered, OWNER, SESSION } from './secrets.ts';

let rig: ReturnType<typeof makeKeyring>;
beforeEach(() => {
	rig = makeKeyring();
});
afterEach(() => rig.vault.close());

const open = (now = NOW) => rig.keyring.open({ owner: OWNER, mac: MAC, session: SESSION, now });
const facts = () => rig.keyring.facts(OWNER);

describe('the keyring', () => {
	test('knows one phone for one owner', async () => {
		const first = await rig.keyring.meet(OWNER);
		expect(await rig.keyring.meet(OWNER)).toEqual(first);
		await rig.keyring.keep(first.born, heard([offered()]));
		const other = await rig.keyring.meet('bob company');
		expect(other.phone).toBe(first.phone);
		expect(other.born).not.toBe(first.born);
		expect(await open()).toEqual({ code: 'no-key' });
		expect((await rig.keyring.facts('bob company')).keys).toEqual([]);
	});

	test('moves the end of a key that it has at every contact', async () => {
		const { born } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		const later = { now: NOW + 6 * DAY, heardAt: NOW + 6 * DAY, leaseEnds: NOW + 13 * DAY };
		await rig.keyring.keep(born, heard([named({ readyUntil: NOW + 13 * DAY })], later));
		expect(await open(NOW + 12 * DAY)).toHaveProperty('packet.length', 20);
		expect((await facts()).device).toMatchObject({
			contactAt: NOW + 6 * DAY,
			leaseEnds: NOW + 13 * DAY
		});
	});

	test('deletes what was taken away, and says so until the server has heard it', async () => {
		const { born } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		await rig.keyring.keep(born, heard([]));
		const wiped = [{ mac: MAC, slot: 7, issue: 3 }];
		expect((await facts()).device?.wiped).toEqual(wiped);
		expect((await facts()).keys).toMatchObject([{ mac: MAC, state: 'revoked', held: false }]);
		expect(await open()).toEqual({ code: 'no-key' });
		await rig.keyring.keep(born, heard([], { told: wiped }));
		expect((await facts()).device?.wiped).toEqual([]);
		expect((await facts()).keys).toHaveLength(1);
	});

	test('takes a key issued anew in the place of the one before', async () => {
		const { born } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		await rig.keyring.keep(born, heard([offered({ issue: 4, slot: 9 })]));
		expect(heldOf((await facts()).keys)).toEqual([{ mac: MAC, slot: 9, issue: 4 }]);
		expect((await facts()).device?.wiped).toEqual([{ mac: MAC, slot: 7, issue: 3 }]);
	});

	test('keeps nothing that was fetched before it was wiped', async () => {
		const { born } = await rig.keyring.meet(OWNER);
		await rig.keyring.wipe();
		expect(await rig.keyring.keep(born, heard([offered()]))).toBe(false);
		await rig.keyring.meet(OWNER);
		expect(await rig.keyring.keep(born, heard([offered()]))).toBe(false);
		expect((await facts()).keys).toEqual([]);
	});

	test('wipes keys and the one that sealed them, and leaves what waits for the server', async () => {
		const { born, phone } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		const outbox = new Outbox(rig.vault);
		const claim = { company: 'c', mac: MAC, session: '00', slot: 7, at: NOW };
		await outbox.claim({ id: '1', ...claim });
		await rig.keyring.wipe();
		expect(await facts()).toEqual({ device: null, keys: [], ekeys: [], evicted: false });
		expect(await rig.vault.use((db) => db.count('device'))).toBe(0);
		expect((await outbox.unsent({ company: 'c', person: 'anna' })).claims).toHaveLength(1);
		expect((await rig.keyring.meet(OWNER)).phone).toBe(phone);
	});

	test('notices that the browser has removed its keys, and fills up under the same phone', async () => {
		const { born, phone } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		await rig.vault.use(async (db) => {
			await db.clear('keys');
			await db.clear('device');
		});
		expect(await facts()).toEqual({ device: null, keys: [], ekeys: [], evicted: true });
		const again = await rig.keyring.meet(OWNER);
		expect(again.phone).toBe(phone);
		await rig.keyring.keep(again.born, heard([offered()]));
		expect(await open()).toHaveProperty('packet.length', 20);
	});

	test('works where the browser keeps no words', async () => {
		rig.marks.getItem =
			rig.marks.setItem =
			rig.marks.removeItem =
				() => {
					throw new DOMException('forbidden', 'SecurityError');
				};
		const { born } = await rig.keyring.meet(OWNER);
		await rig.keyring.keep(born, heard([offered()]));
		expect(await open()).toHaveProperty('packet.length', 20);
		await rig.keyring.wipe();
	});
});

describe('the versions of the vault', () => {
	const batch = (id: string, company: string | null) => ({
		id,
		company,
		mac: MAC,
		session: '00',
		receivedAt: NOW,
		packets: ['p'],
		sealed: id === 'b'
	});

	test('the first becomes the second with everything that was in it', async () => {
		const name = 'first-version';
		const first = await openDB(name, 1, {
			upgrade(db) {
				db.createObjectStore('outbox', { keyPath: 'id' });
				db.createObjectStore('refused', { keyPath: 'id' });
			}
		});
		for (const one of [batch('a', 'company'), batch('b', 'company'), batch('c', null)])
			await first.put('outbox', one);
		await first.put('refused', { ...batch('d', 'company'), code: 'conflict', refusedAt: 1 });
		first.close();
		const { vault, keyring } = makeKeyring(name);
		const outbox = new Outbox(vault);
		const sender = { company: 'company', person: 'anna' };
		const { batches } = await outbox.unsent(sender);
		expect(batches.sort((a, b) => a.id.localeCompare(b.id))).toEqual([
			batch('a', 'company'),
			batch('b', 'company'),
			batch('c', null)
		]);
		expect(await outbox.refused(sender)).toMatchObject([{ ids: ['d'] }]);
		const { born } = await keyring.meet(OWNER);
		expect(await keyring.keep(born, heard([offered()]))).toBe(true);
		await vault.close();
	});

	test('one from the future is left as it is, and everybody is told', async () => {
		const { name, vault, keyring } = rig;
		const { born } = await keyring.meet(OWNER);
		await keyring.keep(born, heard([offered()]));
		const newer = await openDB(name, 99);
		const outdated = { name: 'VaultError', code: 'outdated' };
		await expect(facts()).rejects.toMatchObject(outdated);
		await expect(keyring.meet(OWNER)).rejects.toMatchObject(outdated);
		await expect(keyring.keep(born, heard([]))).rejects.toMatchObject(outdated);
		await expect(
			new Outbox(new Vault(name)).unsent({ company: 'c', person: 'anna' })
		).rejects.toMatchObject(outdated);
		expect(await open()).toEqual({ code: 'storage-failed', storage: 'outdated' });
		expect(await newer.count('keys')).toBe(1);
		newer.close();
		await vault.close();
	});
});
