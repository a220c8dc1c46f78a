import type { Bytes } from '../protocol/bytes.ts';
import { ekeyStep } from '../protocol/ttlock/ekey.ts';
import type { OfflineGrant, Validity, Verdict } from '../protocol/ttlock/offline.ts';
import {
	isForOnce,
	judgeEkey,
	sealEkey,
	unsealEkey,
	type DoorKeyName,
	type SealedEkey
} from './ekeys.ts';
import type { Device } from './keys.ts';
import type { Vault } from './store.ts';
import type { OpenRefusal } from './task.ts';

/** What opens a lock, as the server gives it: once, until something of it changes. */
export type EkeyValue = Pick<
	OfflineGrant,
	'aesKey' | 'lockKey' | 'lockFlagPos' | 'lockVersion' | 'uid'
>;

/** An eKey that the server lets this phone hold. */
export interface OfferedEkey extends DoorKeyName, Validity {
	mac: string;
	timezoneRawOffset: number;
	readyUntil: number;
	/** Absent for those that are here. */
	value?: EkeyValue | undefined;
}

/** One step of an opening without network. */
export interface TurnWish {
	owner: string;
	door: number;
	action: 'unlock' | 'lock';
	/** Unix seconds by the server's clock, the same through a conversation; null at first. */
	at: number | null;
	/** Whole frames of the lock. */
	answers: Bytes[];
	/** This phone's clock. */
	now: number;
}

/** Why the eKey on this phone gives no frame. */
export type TurnRefusal = OpenRefusal | { code: Exclude<Verdict, 'holds'> };

export type TurnAnswer =
	| { kind: 'frame'; at: number; frame: Bytes | null; opens: boolean }
	/** How it ended: `success`, or the lock's reason. */
	| { kind: 'ended'; at: number; result: string }
	| { kind: 'turn-refused'; refusal: TurnRefusal };

/**
 * A try again of the same opening, in seconds: a link that drops must not use an eKey up.
 */
const AGAIN = 60;

/**
 * The next frame of an opening with an eKey of this phone, and no more of it. That one for one opening
 * is used is on the disk before the frame leaves. @throws VaultError
 */
export async function turn(vault: Vault, wish: TurnWish): Promise<TurnAnswer> {
	const { owner, door, action, answers, now } = wish;
	const [device, record] = await vault.use((db) => {
		const tx = db.transaction(['device', 'ekeys']);
		return Promise.all([tx.objectStore('device').get('phone'), tx.objectStore('ekeys').get(door)]);
	});
	if (!device || device.owner !== owner || !record) return refused({ code: 'no-key' });
	const at = wish.at ?? Math.floor((now + device.ahead) / 1000);
	const isSame = record.usedAt === at && (now + device.ahead) / 1000 - at <= AGAIN;
	const verdict = judgeEkey(device, isSame ? { ...record, usedAt: null } : record, now);
	const value = await unsealEkey(device, record);
	if (!value) return refused(await gone(vault, device, record));
	try {
		const grant = { ...(parse(value) as EkeyValue), ...periodOf(record) };
		const step = ekeyStep(grant, { at, action, answers });
		// What has happened is heard, whatever the clock says by now.
		if ('result' in step) return { kind: 'ended', at, result: step.result };
		if (verdict === 'lease-over') return refused({ code: verdict, ended: record.notAfter });
		if (verdict !== 'usable') return refused({ code: verdict });
		if (step.opens && isForOnce(record) && action === 'unlock')
			await useUp(vault, device.born, record, at);
		return { kind: 'frame', at, ...step };
	} finally {
		value.fill(0);
	}
}

function refused(refusal: TurnRefusal): TurnAnswer {
	return { kind: 'turn-refused', refusal };
}

function periodOf({ startDate, endDate, recurrence, timezoneRawOffset }: SealedEkey) {
	return { startDate, endDate, recurrence, timezoneRawOffset };
}

function parse(value: Bytes): unknown {
	return JSON.parse(new TextDecoder().decode(value));
}

/** What is stored is not what was sealed: the next contact brings it anew. */
async function gone(vault: Vault, { born }: Device, record: SealedEkey): Promise<TurnRefusal> {
	await change(vault, born, record, { sealed: new Uint8Array() });
	return { code: 'evicted' };
}

function useUp(vault: Vault, born: string, record: SealedEkey, at: number): Promise<void> {
	return change(vault, born, record, { usedAt: at });
}

/** Changes a record as long as it is this very one, on the disk when it settles. */
async function change(
	vault: Vault,
	born: string,
	{ door, iv }: SealedEkey,
	to: Partial<SealedEkey>
): Promise<void> {
	await vault.use(async (db) => {
		const tx = db.transaction(['device', 'ekeys'], 'readwrite', { durability: 'strict' });
		const ekeys = tx.objectStore('ekeys');
		const [device, record] = await Promise.all([
			tx.objectStore('device').get('phone'),
			ekeys.get(door)
		]);
		if (device?.born === born && record && indexedDB.cmp(record.iv, iv) === 0)
			await ekeys.put({ ...record, ...to });
		await tx.done;
	});
}

/** Brings the eKeys on this phone to what the server offers: all else is gone, and named as wiped. */
export async function keepEkeys(
	vault: Vault,
	born: string,
	offered: readonly OfferedEkey[],
	told: readonly DoorKeyName[]
): Promise<void> {
	const [device, before] = await vault.use((db) => {
		const tx = db.transaction(['device', 'ekeys']);
		return Promise.all([tx.objectStore('device').get('phone'), tx.objectStore('ekeys').getAll()]);
	});
	if (device?.born !== born) return;
	const after: SealedEkey[] = [];
	for (const one of offered) {
		const held = before.find(isThe(one));
		const record = await sealAnew(device, held, one);
		if (record) after.push(record);
	}
	const wiped = (device.wipedDoors ?? []).filter((name) => !told.some(isThe(name)));
	for (const record of before) {
		if (offered.some(isThe(record)) || record.sealed.length === 0) continue;
		wiped.push({ door: record.door, ekey: record.ekey, mark: record.mark });
	}
	await vault.use(async (db) => {
		const tx = db.transaction(['device', 'ekeys'], 'readwrite', { durability: 'strict' });
		const now = await tx.objectStore('device').get('phone');
		if (now?.born === born) {
			const ekeys = tx.objectStore('ekeys');
			// An opening meanwhile has noted its use on the record of before.
			const used = new Map((await ekeys.getAll()).map((one) => [one.door, one]));
			await ekeys.clear();
			for (const one of after) {
				const since = used.get(one.door);
				await ekeys.put({ ...one, usedAt: since && isThe(one)(since) ? since.usedAt : null });
			}
			await tx.objectStore('device').put({ ...now, wipedDoors: wiped }, 'phone');
		}
		await tx.done;
	});
}

/** The record of an offered eKey under its new end; null when its value is neither offered nor here. */
async function sealAnew(
	device: Device,
	before: SealedEkey | undefined,
	{ value, readyUntil, ...offered }: OfferedEkey
): Promise<SealedEkey | null> {
	const bound = { ...offered, notAfter: readyUntil };
	const plain = value
		? (new TextEncoder().encode(JSON.stringify(value)) as Bytes)
		: before && (await unsealEkey(device, before));
	if (!plain) return null;
	try {
		return { ...bound, usedAt: null, ...(await sealEkey(device, bound, plain)) };
	} finally {
		plain.fill(0);
	}
}

function isThe(one: DoorKeyName): (other: DoorKeyName) => boolean {
	return ({ door, ekey, mark }) => one.door === door && one.ekey === ekey && one.mark === mark;
}
