import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fromHex, toHex } from '../../src/lib/protocol/bytes.ts';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import { heldOf } from '../../src/lib/vault/keyring.ts';
import type { SealedKey } from '../../src/lib/vault/keys.ts';
import {
	DAY,
	heard,
	MAC,
	makeKeyring,
	named,
	NOW,
	offered,
	OFFLINE_KEY,
	OWNER,
	SESSION,
	UNLOCK_COMMAND
} from './secrets.ts';

let rig: ReturnType<typeof makeKeyring>;
beforeEach(() => {
	rig = makeKeyring();
});
afterEach(async () => {
	vi.restoreAllMocks();
	await rig.vault.close();
});

async function equip(...parts: Parameters<typeof heard>): Promise<string> {
	const { born } = await rig.keyring.meet(OWNER);
	expect(await rig.keyring.keep(born, heard(...parts))).toBe(true);
	return born;
}

const open = (change: { owner?: string; mac?: string; now?: number } = {}) =>
	rig.keyring.open({ owner: OWNER, mac: MAC, session: SESSION, now: NOW, ...change });

function records(): Promise<SealedKey[]> {
	return rig.vault.use((db) => db.getAll('keys'));
}

function change(edit: (record: SealedKey) => SealedKey): Promise<unknown> {
	return rig.vault.use(async (db) => db.put('keys', edit((await db.get('keys', MAC))!)));
}

describe('a key in the vault', () => {
	test('makes the packet of the published algorithm, with the server’s time', async () => {
		await equip([offered()], { heardAt: NOW - 600_000 });
		const grant = { offlineKey: OFFLINE_KEY, unlockCommand: UNLOCK_COMMAND };
		const at = NOW + 5_000;
		expect(await open({ now: NOW - 595_000 })).toEqual({
			packet: offlineUnlockPacket({ ...grant, session: SESSION, at: at / 1000 }),
			slot: offered().slot,
			at,
			waits: false
		});
	});

	test('is nowhere in the clear, on the disk or in what is answered', async () => {
		await equip([offered()]);
		const facts = await rig.keyring.facts(OWNER);
		await open();
		const answers = await Promise.all(rig.work.mock.results.map(({ value }) => value));
		const stored = await rig.vault.use(async (db) => [
			await db.getAll('keys'),
			await db.getAll('device')
		]);
		for (const value of [facts, answers, stored]) {
			const text = hexOf(value);
			for (const secret of [OFFLINE_KEY, UNLOCK_COMMAND, UNLOCK_COMMAND.slice(8)])
				expect(text).not.toContain(secret);
		}
		expect(hexOf({ key: fromHex(OFFLINE_KEY) })).toContain(OFFLINE_KEY);
	});

	test('is sealed by a key that nobody can read, under a fresh IV each time', async () => {
		const born = await equip([offered()]);
		const device = await rig.vault.use((db) => db.get('device', 'phone'));
		expect(device!.sealing).toMatchObject({
			extractable: false,
			algorithm: { name: 'AES-GCM', length: 256 }
		});
		await expect(crypto.subtle.exportKey('raw', device!.sealing)).rejects.toThrow();
		const [first] = await records();
		await rig.keyring.keep(born, heard([named()]));
		const [second] = await records();
		expect(first!.iv).toHaveLength(12);
		expect(toHex(second!.iv)).not.toBe(toHex(first!.iv));
	});

	test('is filled with zeros as soon as the packet is made', async () => {
		await equip([offered()]);
		const decrypt = vi.spyOn(crypto.subtle, 'decrypt');
		await open();
		const opened = (await decrypt.mock.results[0]!.value) as ArrayBuffer;
		expect(opened.byteLength).toBe(36);
		expect(toHex(new Uint8Array(opened))).toBe('00'.repeat(36));
	});

	test.each<[string, Partial<SealedKey>]>([
		['slot', { slot: 8 }],
		['issue', { issue: 4 }],
		['generation', { generation: 2 }],
		['end', { notAfter: NOW + 300 * DAY }],
		['IV', { iv: new Uint8Array(12) }],
		['box', { sealed: new Uint8Array(52) }]
	])('opens nothing under another %s, and is fetched anew', async (_, other) => {
		const born = await equip([offered()]);
		await change((record) => ({ ...record, ...other }));
		expect(await open()).toEqual({ code: 'evicted' });
		expect(heldOf((await rig.keyring.facts(OWNER)).keys)).toEqual([]);
		await rig.keyring.keep(born, heard([offered()]));
		expect(await open()).toHaveProperty('packet.length', 20);
	});

	test('opens nothing as the key of another lock, or on another phone', async () => {
		await equip([offered()]);
		const other = 'F1:E2:D3:C4:B5:A7';
		await rig.vault.use(async (db) =>
			db.put('keys', { ...(await db.get('keys', MAC))!, mac: other })
		);
		expect(await open({ mac: other })).toEqual({ code: 'evicted' });
		await rig.vault.use(async (db) =>
			db.put('device', { ...(await db.get('device', 'phone'))!, phone: 'another' }, 'phone')
		);
		expect(await open()).toEqual({ code: 'evicted' });
	});

	test('opens for its owner alone', async () => {
		await equip([offered()]);
		expect(await open({ owner: 'bob company' })).toEqual({ code: 'no-key' });
		expect(await open({ mac: 'F1:E2:D3:C4:B5:FF' })).toEqual({ code: 'no-key' });
		expect(await rig.keyring.facts('bob company')).toEqual({
			device: null,
			keys: [],
			ekeys: [],
			evicted: false
		});
	});

	test('opens until its last millisecond; then its value is gone', async () => {
		await equip([offered({ readyUntil: NOW + DAY })]);
		expect(await open({ now: NOW + DAY })).toHaveProperty('packet.length', 20);
		const over = { code: 'lease-over', ended: NOW + DAY };
		expect(await open({ now: NOW + DAY + 1 })).toEqual(over);
		const [record] = await records();
		expect(record!.sealed).toHaveLength(0);
	});

	test('waits for the lock with the lease’s own end', async () => {
		await equip([offered({ state: 'waiting', readyUntil: null })]);
		expect((await records())[0]).toMatchObject({ state: 'waiting', notAfter: NOW + 7 * DAY });
		expect(await open()).toHaveProperty('packet.length', 20);
	});
});

describe('the clock', () => {
	test('may run back five minutes, not more', async () => {
		await equip([offered()]);
		await open({ now: NOW + DAY });
		expect(await open({ now: NOW + DAY - 300_000 })).toHaveProperty('packet.length', 20);
		expect(await open({ now: NOW + DAY - 300_001 })).toEqual({ code: 'clock-back' });
	});

	test.each([
		['ahead', 10 * 365 * DAY],
		['behind', -10 * 365 * DAY]
	])('wrong by ten years %s since before the contact changes nothing', async (_, off) => {
		await equip([offered()], { heardAt: NOW + off });
		expect(await open({ now: NOW + off + 3_600_000 })).toHaveProperty('packet.length', 20);
		const late = await open({ now: NOW + off + 8 * DAY });
		expect(late).toEqual({ code: 'lease-over', ended: NOW + 7 * DAY });
	});

	test('set back ten years after the contact opens nothing', async () => {
		await equip([offered()]);
		expect(await open({ now: NOW - 3650 * DAY })).toEqual({ code: 'clock-back' });
	});

	test('set ahead ten years opens nothing, and neither when it is set back', async () => {
		const born = await equip([offered()]);
		expect(await open({ now: NOW + 3650 * DAY })).toMatchObject({ code: 'lease-over' });
		expect(await open({ now: NOW + 60_000 })).toEqual({ code: 'clock-back' });
		await rig.keyring.keep(born, heard([offered()]));
		expect(await open({ now: NOW + 60_000 })).toHaveProperty('packet.length', 20);
	});

	test('is remembered without an opening, too', async () => {
		await equip([offered()]);
		await rig.keyring.see(NOW + DAY);
		expect(await open()).toEqual({ code: 'clock-back' });
	});

	test('opens a lock although a full disk cannot remember it', async () => {
		await equip([offered()]);
		const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
			throw new DOMException('full', 'QuotaExceededError');
		});
		expect(await open({ now: NOW + 1_000 })).toHaveProperty('packet.length', 20);
		expect(put).toHaveBeenCalled();
	});
});

/** Bytes and text of a value, all in hex. */
function hexOf(value: unknown): string {
	if (value instanceof Uint8Array) return `[${toHex(value)}]`;
	if (value instanceof CryptoKey) return '';
	if (typeof value === 'object' && value !== null)
		return Object.entries(value)
			.map(([key, part]) => `${key}:${hexOf(part)}`)
			.join(' ');
	return String(value);
}
