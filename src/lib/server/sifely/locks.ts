import { sql } from 'kysely';
import type { z } from 'zod';
import type * as api from '../../api/sifely/locks.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import type { Secret } from '../secret.ts';
import { actorOf, type Holder } from './caller.ts';
import { heldDoor, holdDoor, mustLive, mustManage, mustOwn, type DoorRow } from './doors.ts';
import { openLockData, lockDataFor } from './lock-data.ts';
import { containing, offsetOf, pageWith } from './page.ts';
import { passageOf } from './passage.ts';

/** What the calls about locks work with. */
export interface Doors {
	readonly db: Db;
	readonly secret: Secret;
}

/** The locks that this account owns, newest first; those of others come with their eKeys. */
export async function listDoors(
	{ db, secret }: Doors,
	{ companyId, uid }: Holder,
	request: z.output<typeof api.ListLocksRequest>
): Promise<z.input<typeof api.ListLocksReply>> {
	let mine = db
		.selectFrom('door_lock')
		.where('company_id', '=', companyId)
		.where('owner_id', '=', uid);
	if (request.lockAlias !== undefined) mine = mine.where(aliasLike(request.lockAlias));
	const { total } = await mine
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const rows = await mine
		.selectAll()
		.orderBy('created_at', 'desc')
		.orderBy('id', 'desc')
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	const list = rows.map((row) => ({
		...factsOf(row),
		hasGateway: 0 as const,
		lockData: lockDataFor(openLockData(secret, row), true),
		groupId: 0 as const,
		groupName: '' as const,
		date: row.created_at
	}));
	return pageWith(list, request, total);
}

/** What an alias is searched by: any part of it, in any case. */
export function aliasLike(part: string) {
	return sql<boolean>`lower(door_lock.alias) like lower(${containing(part)}) escape '\\'`;
}

/** What every list says of a lock. */
export function factsOf(row: DoorRow) {
	return {
		lockId: row.id,
		lockName: row.name,
		lockAlias: row.alias,
		lockMac: row.mac,
		electricQuantity: row.battery ?? -1,
		featureValue: row.feature_value
	};
}

export async function showDoor(
	{ db, secret }: Doors,
	caller: Holder,
	{ lockId }: z.output<typeof api.LockRequest>
): Promise<z.input<typeof api.LockDetailReply>> {
	const { lock } = mustManage(await heldDoor(db, caller, lockId));
	const { passageMode, autoUnlock } = passageOf(lock);
	return {
		...factsOf(lock),
		noKeyPwd: openLockData(secret, lock).noKeyPwd ?? '',
		timezoneRawOffset: lock.timezone_offset,
		hasGateway: 0,
		passageMode,
		passageModeAutoUnlock: autoUnlock,
		modelNum: '',
		hardwareRevision: '',
		firmwareRevision: '',
		lockSound: 0,
		privacyLock: 0,
		tamperAlert: 0,
		resetButton: 0,
		openDirection: 0,
		date: lock.created_at
	};
}

export async function renameDoor(
	{ db }: Doors,
	caller: Holder,
	{ lockId, lockAlias }: z.output<typeof api.RenameRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		mustManage(await holdDoor(trx, caller, lockId));
		await trx.updateTable('door_lock').set({ alias: lockAlias }).where('id', '=', lockId).execute();
		await audit(trx, caller.companyId, actorOf(caller), 'door-lock.change', { lockId, lockAlias });
	});
}

/** Every holder's phone hears what battery the lock has. Throws SifelyError `not-permitted`. */
export async function hearBattery(
	{ db }: Doors,
	caller: Holder,
	{ lockId, electricQuantity }: z.output<typeof api.UpdateBatteryRequest>
): Promise<void> {
	mustLive(await heldDoor(db, caller, lockId));
	await db
		.updateTable('door_lock')
		.set({ battery: electricQuantity, battery_at: Date.now() })
		.where('id', '=', lockId)
		.execute();
}

/** With all its eKeys, passcodes and records. The lock itself is reset over Bluetooth before. */
export async function deleteDoor(
	{ db }: Doors,
	caller: Holder,
	{ lockId }: z.output<typeof api.LockRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		mustOwn(await holdDoor(trx, caller, lockId));
		await removeDoor(trx, caller, lockId);
	});
}

export async function removeDoor(trx: Db, caller: Holder, lockId: number): Promise<void> {
	await trx.deleteFrom('door_lock').where('id', '=', lockId).execute();
	await audit(trx, caller.companyId, actorOf(caller), 'door-lock.delete', { lockId });
}
