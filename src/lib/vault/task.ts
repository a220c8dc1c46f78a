import { concat, type Bytes } from '../protocol/bytes.ts';
import { bytesOf, timedUnlockPacket } from '../protocol/noke/offline.ts';
import { keepEkeys, turn, type OfferedEkey, type TurnAnswer, type TurnWish } from './ekey-task.ts';
import type { DoorKeyName } from './ekeys.ts';
import { judge, type Device, type KeyName, type SealedKey } from './keys.ts';
import { partsOf, seal, unseal } from './sealing.ts';
import { VaultError, type Vault, type VaultErrorCode } from './store.ts';

/** Why the key on this phone made no packet. */
export type OpenRefusal =
	/** This phone holds no key of the lock. */
	| { code: 'no-key' }
	/** Its time has ended, milliseconds since 1970. */
	| { code: 'lease-over'; ended: number }
	/** The phone's clock is behind the highest time it has ever shown. */
	| { code: 'clock-back' }
	/** What is stored is not what was sealed, or the browser has removed it. */
	| { code: 'evicted' }
	/** The storage does not answer. */
	| { code: 'storage-failed'; storage: VaultErrorCode };

/** A key put to use. */
export interface Opening {
	/** The 20 bytes that open one session. */
	packet: Bytes;
	slot: number;
	/** The time in the packet, by the server's clock as well as this phone knows it. */
	at: number;
	/** The key may not be on the lock yet. */
	waits: boolean;
}

/** A key that the server lets this phone hold, as `/api/offline/contact` lists it. */
export interface OfferedKey extends KeyName {
	state: 'waiting' | 'on-lock';
	/** Null while it waits for the lock. */
	readyUntil: number | null;
	generation: number;
	/** In hex; absent for keys that are here. */
	offlineKey?: string | undefined;
	unlockCommand?: string | undefined;
}

/** What the server answered, and when it was heard by this phone's clock. */
export interface Heard {
	now: number;
	leaseEnds: number;
	keys: readonly OfferedKey[];
	/** Keys deleted before, which it now knows of. */
	told: readonly KeyName[];
	heardAt: number;
	persisted: boolean | null;
	/** eKeys of door locks; absent from a server that knows none. */
	ekeys?: { offered: readonly OfferedEkey[]; told: readonly DoorKeyName[] };
}

/** What is done with keys in the clear: only where nothing else runs, and only then. */
export type Task =
	| { kind: 'open'; owner: string; mac: string; session: Bytes; now: number }
	| { kind: 'keep'; born: string; heard: Heard }
	| ({ kind: 'turn' } & TurnWish);

export type TaskAnswer =
	| { kind: 'opening'; opening: Opening }
	| { kind: 'refused'; refusal: OpenRefusal }
	| TurnAnswer
	/** False when the keys were wiped meanwhile: nothing was kept. */
	| { kind: 'kept'; kept: boolean }
	| { kind: 'failed'; storage: VaultErrorCode };

/** Does one task. Never rejects; no answer holds a key. */
export async function perform(vault: Vault, task: Task): Promise<TaskAnswer> {
	try {
		if (task.kind === 'open') return await open(vault, task);
		if (task.kind === 'turn') return await openDoor(vault, task);
		const kept = await keep(vault, task);
		const { ekeys } = task.heard;
		if (kept && ekeys) await keepEkeys(vault, task.born, ekeys.offered, ekeys.told);
		return { kind: 'kept', kept };
	} catch (cause) {
		return { kind: 'failed', storage: cause instanceof VaultError ? cause.code : 'unavailable' };
	}
}

/** The next frame for a door lock. */
async function openDoor(vault: Vault, wish: TurnWish): Promise<TurnAnswer> {
	const answer = await turn(vault, wish);
	const [device] = await read(vault, '');
	if (device) await note(vault, device.born, wish.now + device.ahead);
	return answer;
}

/** The packet that opens this session of the lock. */
async function open(
	vault: Vault,
	{ owner, mac, session, now }: Extract<Task, { kind: 'open' }>
): Promise<TaskAnswer> {
	const [device, record] = await read(vault, mac);
	if (!device || device.owner !== owner || !record || record.state === 'revoked')
		return refused({ code: 'no-key' });
	const verdict = judge(device, record, now);
	if (verdict === 'clock-back') return refused({ code: 'clock-back' });
	const at = now + device.ahead;
	const noted = note(vault, device.born, at);
	if (verdict === 'lease-over') {
		await noted;
		await empty(vault, device.born, record);
		return refused({ code: 'lease-over', ended: record.notAfter });
	}
	const grant = await unseal(device, record);
	if (!grant) {
		// The next contact brings it anew.
		await empty(vault, device.born, record);
		return refused({ code: 'evicted' });
	}
	try {
		const packet = timedUnlockPacket({ ...partsOf(grant), session, at: Math.floor(at / 1000) });
		await noted;
		const { slot, state } = record;
		return { kind: 'opening', opening: { packet, slot, at, waits: state === 'waiting' } };
	} finally {
		grant.fill(0);
	}
}

function refused(refusal: OpenRefusal): TaskAnswer {
	return { kind: 'refused', refusal };
}

function read(vault: Vault, mac: string): Promise<[Device | undefined, SealedKey | undefined]> {
	return vault.use((db) => {
		const tx = db.transaction(['device', 'keys']);
		return Promise.all([tx.objectStore('device').get('phone'), tx.objectStore('keys').get(mac)]);
	});
}

/** Remembers the highest time. A full disk must not keep anybody from opening. */
async function note(vault: Vault, born: string, at: number): Promise<void> {
	const noted = vault.use(async (db) => {
		const tx = db.transaction('device', 'readwrite');
		const device = await tx.store.get('phone');
		if (device?.born === born && device.highest < at)
			await tx.store.put({ ...device, highest: at }, 'phone');
		await tx.done;
	});
	await noted.catch((cause: unknown) => {
		if (!(cause instanceof VaultError) || cause.code !== 'full') throw cause;
	});
}

/** Deletes the value of a key, as long as it is this very record. */
async function empty(vault: Vault, born: string, { mac, iv }: SealedKey): Promise<void> {
	await vault.use(async (db) => {
		const tx = db.transaction(['device', 'keys'], 'readwrite');
		const keys = tx.objectStore('keys');
		const [device, record] = await Promise.all([
			tx.objectStore('device').get('phone'),
			keys.get(mac)
		]);
		if (device?.born === born && record && indexedDB.cmp(record.iv, iv) === 0)
			await keys.put({ ...record, sealed: new Uint8Array() });
		await tx.done;
	});
}

/** Brings what is stored to what the server said. False when it was wiped meanwhile. */
async function keep(
	vault: Vault,
	{ born, heard }: Extract<Task, { kind: 'keep' }>
): Promise<boolean> {
	const [device, before] = await vault.use((db) => {
		const tx = db.transaction(['device', 'keys']);
		return Promise.all([tx.objectStore('device').get('phone'), tx.objectStore('keys').getAll()]);
	});
	if (device?.born !== born) return false;
	const held = new Map(before.map((record) => [record.mac, record]));
	const after = new Map<string, SealedKey>();
	for (const offered of heard.keys) {
		const record = await sealAnew(device, held.get(offered.mac), offered, heard.leaseEnds);
		if (record) after.set(record.mac, record);
	}
	const wiped: KeyName[] = device.wiped.filter((name) => !heard.told.some(isThe(name)));
	for (const record of before) {
		const { mac, slot, issue } = record;
		const stays = heard.keys.find((key) => key.mac === mac);
		if (stays && isThe(stays)(record)) continue;
		if (record.sealed.length > 0) wiped.push({ mac, slot, issue });
		if (!stays) after.set(mac, { ...record, state: 'revoked', sealed: new Uint8Array() });
	}
	const { now, leaseEnds, heardAt, persisted } = heard;
	const ahead = now - heardAt;
	const contact = { contactAt: now, highest: now, ahead, leaseEnds, persisted, wiped };
	return replace(vault, born, contact, [...after.values()]);
}

/** One readwrite step: what the device knows anew, and all keys. */
function replace(
	vault: Vault,
	born: string,
	contact: Partial<Device>,
	records: readonly SealedKey[]
): Promise<boolean> {
	return vault.use(async (db) => {
		const tx = db.transaction(['device', 'keys'], 'readwrite', { durability: 'strict' });
		const device = await tx.objectStore('device').get('phone');
		if (device?.born !== born) return false;
		const keys = tx.objectStore('keys');
		await Promise.all([
			tx.objectStore('device').put({ ...device, ...contact }, 'phone'),
			keys.clear(),
			...records.map((record) => keys.put(record)),
			tx.done
		]);
		return true;
	});
}

/** The record of an offered key under its new end; null when its value is neither offered nor here. */
async function sealAnew(
	device: Device,
	before: SealedKey | undefined,
	offered: OfferedKey,
	leaseEnds: number
): Promise<SealedKey | null> {
	const { mac, slot, issue, generation, state, readyUntil } = offered;
	const bound = { mac, slot, issue, generation, notAfter: readyUntil ?? leaseEnds };
	const grant = await valueOf(device, before, offered);
	if (!grant) return null;
	try {
		return { ...bound, state, ...(await seal(device, bound, grant)) };
	} finally {
		grant.fill(0);
	}
}

async function valueOf(
	device: Device,
	before: SealedKey | undefined,
	{ offlineKey, unlockCommand, ...offered }: OfferedKey
): Promise<Bytes | null> {
	if (offlineKey !== undefined && unlockCommand !== undefined) {
		const { key, command } = bytesOf({ offlineKey, unlockCommand });
		const grant = concat(key, command);
		key.fill(0);
		return grant;
	}
	if (!before || before.sealed.length === 0 || !isThe(offered)(before)) return null;
	return unseal(device, before);
}

function isThe(one: KeyName): (other: KeyName) => boolean {
	return ({ mac, slot, issue }) => one.mac === mac && one.slot === slot && one.issue === issue;
}
