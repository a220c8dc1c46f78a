import type { z } from 'zod';
import type * as api from '../../api/sifely/locks.ts';
import type { LockData } from '../../protocol/ttlock/grant.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { findAccount } from './accounts.ts';
import { actorOf, type Holder } from './caller.ts';
import { holdDoor, mustManage, mustOwn, type DoorRow, type Held } from './doors.ts';
import { addAdminKey, endKey } from './ekeys.ts';
import { SifelyError } from './error.ts';
import { MOST_FLAG, openLockData, readLockData, sealLockData } from './lock-data.ts';
import type { Secret } from '../secret.ts';
import type { Doors } from './locks.ts';

/**
 * Takes what a phone has changed at the lock. What a sender does not have, the admin numbers above all,
 * stays as it is, and so does what a lock gets at its pairing: nobody has another copy of its keys. A
 * higher lockFlagPos ends all eKeys but the owner's; another seed ends all passcodes. Throws SifelyError
 * `bad-parameter` for the data of another lock or pairing, and `not-permitted` for what only its owner
 * changes.
 */
export async function updateLockData(
	doors: Doors,
	caller: Holder,
	{ lockId, lockData }: z.output<typeof api.UpdateLockDataRequest>
): Promise<void> {
	const told = readLockData(lockData);
	await change(doors, caller, lockId, mustManage, (known, held) => {
		const data = {
			...told,
			adminPwd: told.adminPwd ?? known.adminPwd,
			noKeyPwd: told.noKeyPwd ?? known.noKeyPwd,
			pwdInfo: told.pwdInfo ?? known.pwdInfo
		};
		if (!isSamePairing(data, known))
			throw new SifelyError('bad-parameter', 'lockData: of another lock or another pairing');
		if (OWNERS.some((name) => data[name] !== known[name])) mustOwn(held);
		return data;
	});
}

/** What ends eKeys or passcodes, and the code that opens always. */
const OWNERS = ['lockFlagPos', 'noKeyPwd', 'pwdInfo'] as const;
const PAIRED = ['lockMac', 'aesKeyStr', 'lockKey', 'adminPwd'] as const;
const VERSION = ['protocolType', 'protocolVersion', 'scene', 'groupId', 'orgId'] as const;

function isSamePairing(one: LockData, other: LockData): boolean {
	return (
		PAIRED.every((name) => one[name] === other[name]) &&
		VERSION.every((name) => one.lockVersion[name] === other.lockVersion[name])
	);
}

/**
 * After all eKeys were reset at the lock: only those made from now on open it. A lower lockFlagPos is a
 * repair after an answer that was lost; it brings no eKey back. Throws SifelyError `bad-parameter`.
 */
export async function resetKeys(
	doors: Doors,
	caller: Holder,
	{ lockId, lockFlagPos }: z.output<typeof api.ResetKeyRequest>
): Promise<void> {
	await change(doors, caller, lockId, mustOwn, (known) => ({
		...known,
		lockFlagPos: lockFlagPos ?? known.lockFlagPos + 1
	}));
}

export async function changeAdminCode(
	doors: Doors,
	caller: Holder,
	{ lockId, password }: z.output<typeof api.ChangeAdminCodeRequest>
): Promise<void> {
	if (!/^\d{4,9}$/.test(password))
		throw new SifelyError('bad-code-length', 'a passcode has 4 to 9 digits');
	await change(doors, caller, lockId, mustOwn, (known) => ({ ...known, noKeyPwd: password }));
}

async function change(
	{ db, secret }: Doors,
	caller: Holder,
	lockId: number,
	must: typeof mustOwn,
	made: (known: LockData, held: Held) => LockData
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const held = must(await holdDoor(trx, caller, lockId));
		const known = openLockData(secret, held.lock);
		await keep(trx, secret, caller, lockId, known, made(known, held));
	});
}

/** What a lock has said about its lockFlagPos, inside the transaction that holds it. */
export async function resetKeysTo(
	trx: Db,
	secret: Secret,
	by: Holder,
	lock: DoorRow,
	lockFlagPos: number
): Promise<void> {
	const known = openLockData(secret, lock);
	await keep(trx, secret, by, lock.id, known, { ...known, lockFlagPos });
}

async function keep(
	trx: Db,
	secret: Secret,
	by: Holder,
	lockId: number,
	known: LockData,
	data: LockData
): Promise<void> {
	if (data.lockFlagPos > MOST_FLAG)
		throw new SifelyError('bad-parameter', 'lockFlagPos: more than a lock can keep');
	await trx
		.updateTable('door_lock')
		.set({
			name: data.lockName,
			lock_data: sealLockData(secret, lockId, data),
			feature_value: data.featureValue,
			timezone_offset: data.timezoneRawOffset
		})
		.where('id', '=', lockId)
		.execute();
	const reset = data.lockFlagPos > known.lockFlagPos;
	if (reset) await endCommonKeys(trx, lockId);
	const reseeded = data.pwdInfo !== known.pwdInfo;
	if (reseeded) await trx.deleteFrom('passcode').where('lock_id', '=', lockId).execute();
	const deed = { lockId, reset, reseeded };
	await audit(trx, by.companyId, actorOf(by), 'door-lock.change', deed);
}

async function endCommonKeys(trx: Db, lockId: number): Promise<void> {
	await trx
		.updateTable('ekey')
		.set({ state: 'reset' })
		.where('lock_id', '=', lockId)
		.where('kind', '=', 'common')
		.where('state', '<>', 'deleted')
		.execute();
}

/**
 * Gives locks to another account of the company, all or none; eKeys that were sent stay. Throws
 * SifelyError `not-registered`, `lock-to-yourself`, `no-lock`, `not-permitted`.
 */
export async function transferDoors(
	{ db }: Doors,
	caller: Holder,
	{ receiverUsername, lockIdList }: z.output<typeof api.TransferRequest>
): Promise<void> {
	const receiver = await findAccount(db, caller.companyId, receiverUsername);
	if (receiver === undefined) throw new SifelyError('not-registered', 'nobody has this username');
	if (receiver.id === caller.uid)
		throw new SifelyError('lock-to-yourself', 'the locks are yours already');
	await db.transaction().execute(async (trx) => {
		// In one order, so that two transfers of the same locks do not wait for each other.
		for (const lockId of [...new Set(lockIdList)].sort((a, b) => a - b)) {
			await giveDoor(trx, caller, mustOwn(await holdDoor(trx, caller, lockId)), receiver.id);
		}
	});
}

/** Makes another account the owner; eKeys that were sent stay. */
export async function giveDoor(trx: Db, by: Holder, held: Held, to: number): Promise<void> {
	const { lock, key } = held;
	await endKey(trx, key.id);
	await endKeyOf(trx, lock.id, to);
	await trx.updateTable('door_lock').set({ owner_id: to }).where('id', '=', lock.id).execute();
	await addAdminKey(trx, lock.id, to, lock.alias);
	const deed = { lockId: lock.id, to };
	await audit(trx, by.companyId, actorOf(by), 'door-lock.transfer', deed);
}

async function endKeyOf(trx: Db, lockId: number, uid: number): Promise<void> {
	const key = await trx
		.selectFrom('ekey')
		.select('id')
		.where('lock_id', '=', lockId)
		.where('account_id', '=', uid)
		.where('state', '<>', 'deleted')
		.executeTakeFirst();
	if (key) await endKey(trx, key.id);
}
