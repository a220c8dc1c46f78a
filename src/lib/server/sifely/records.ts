import { randomInt } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { z } from 'zod';
import type * as api from '../../api/sifely/records.ts';
import { ONCE } from '../../protocol/ttlock/offline.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import type { Db } from '../db/connect.ts';
import type { DoorRecordTable } from '../db/door-tables.ts';
import { lookupHash, seal, unseal, type Secret } from '../secret.ts';
import type { Caller } from './caller.ts';
import { codeHash } from './codes.ts';
import { heldDoor, holdDoor, manages, mustLive, mustManage } from './doors.ts';
import type { Doors } from './locks.ts';
import { containing, offsetOf, pageWith } from './page.ts';
import { recordTypeOf } from './record-types.ts';

export type RecordRow = Selectable<DoorRecordTable>;

/** Ids of records; they fit the whole numbers of JSON. */
const IDS = 2 ** 48 - 1;

/**
 * Takes what a phone has read from the log of a lock. A record that is here already changes nothing,
 * whoever sends it. Throws SifelyError `no-lock`, `not-permitted` for a frozen or reset eKey.
 */
export async function takeRecords(
	{ db, secret }: Doors,
	caller: Caller,
	{ lockId, records }: z.output<typeof api.UploadRecordsRequest>
): Promise<void> {
	if (records.length === 0) return void mustLive(await heldDoor(db, caller, lockId));
	const now = Date.now();
	await db.transaction().execute(async (trx) => {
		const held = mustLive(await holdDoor(trx, caller, lockId));
		const place = { companyId: caller.companyId, lockId };
		await keepRecords(trx, secret, place, records, now, manages(held) ? null : caller.uid);
	});
}

/**
 * The same inside a transaction that holds the lock.
 * @param only the account whose eKey a record may end, null for any: a holder's word ends no other's
 */
export async function keepRecords(
	trx: Db,
	secret: Secret,
	{ companyId, lockId }: { companyId: string; lockId: number },
	records: readonly api.Reading[],
	now: number,
	only: number | null = null
): Promise<void> {
	if (records.length === 0) return;
	const names = await namesOf(trx, companyId, records);
	const rows = records.map((record) => {
		const id = randomInt(1, IDS);
		const { type, success } = recordTypeOf(record.recordType);
		return {
			id,
			lock_id: lockId,
			identity: identityOf(secret, lockId, record),
			type_from_lock: record.recordType,
			type,
			success,
			uid: record.uid ?? null,
			username: names.get(record.uid ?? 0) ?? '',
			code: record.password ? seal(secret, placeOf(id), Buffer.from(record.password)) : null,
			battery: record.electricQuantity ?? null,
			lock_date: record.operateDate,
			server_date: now
		};
	});
	await trx
		.insertInto('door_record')
		.values(rows)
		.onConflict((conflict) => conflict.columns(['lock_id', 'identity']).doNothing())
		.execute();
	for (const record of records) await noteUse(trx, secret, lockId, record, only);
}

/** What a record is, however often it is read: not the battery, which some phones leave out. */
function identityOf(secret: Secret, lockId: number, record: api.Reading): string {
	const { recordType, operateDate, recordId, uid, keyId, deleteDate } = record;
	const parts = [recordType, operateDate, recordId, uid, keyId, deleteDate];
	const text = JSON.stringify([lockId, ...parts, record.password, record.newPassword]);
	return lookupHash(secret, { table: 'door_record', column: 'identity' }, text);
}

/** A random passcode that was used can be changed; an eKey for one opening is over. */
async function noteUse(
	trx: Db,
	secret: Secret,
	lockId: number,
	{ recordType, operateDate, password, uid }: api.Reading,
	only: number | null
): Promise<void> {
	if (recordType === RECORD_ACTION.unlockedByPasscode && password !== undefined)
		await trx
			.updateTable('passcode')
			.set({ used_at: operateDate })
			.where('lock_id', '=', lockId)
			.where('code_hash', '=', codeHash(secret, lockId, password))
			.where('state', '=', 'live')
			.where('used_at', 'is', null)
			.execute();
	if (only !== null && uid !== only) return;
	if (recordType === RECORD_ACTION.unlocked && uid !== undefined && uid < 2 ** 31)
		await trx
			.updateTable('ekey')
			.set({ used_at: operateDate })
			.where('lock_id', '=', lockId)
			.where('account_id', '=', uid)
			.where('end_date', '=', ONCE)
			.where('recurrence', 'is', null)
			.where('created_at', '<=', operateDate)
			.where('used_at', 'is', null)
			.execute();
}

/** Of accounts of this company only: another's is a number and no more. */
async function namesOf(
	db: Db,
	companyId: string,
	records: readonly api.Reading[]
): Promise<Map<number, string>> {
	const uids = [...new Set(records.flatMap(({ uid }) => (uid && uid < 2 ** 31 ? [uid] : [])))];
	if (uids.length === 0) return new Map();
	const rows = await db
		.selectFrom('sifely_account')
		.select(['id', 'username'])
		.where('company_id', '=', companyId)
		.where('id', 'in', uids)
		.execute();
	return new Map(rows.map(({ id, username }) => [id, username]));
}

/** Newest first. Throws SifelyError `no-lock`, `not-permitted`. */
export async function listRecords(
	{ db, secret }: Doors,
	caller: Caller,
	request: z.output<typeof api.ListRecordsRequest>
): Promise<z.input<typeof api.ListRecordsReply>> {
	const { lockId, startDate, endDate, uid, recordType, searchStr } = request;
	mustManage(await heldDoor(db, caller, lockId));
	let records = db.selectFrom('door_record').where('lock_id', '=', lockId);
	if (startDate !== undefined) records = records.where('lock_date', '>=', startDate);
	if (endDate !== undefined && endDate !== 0) records = records.where('lock_date', '<=', endDate);
	if (uid !== undefined) records = records.where('uid', '=', uid);
	if (recordType !== undefined) records = records.where('type', '=', recordType);
	if (searchStr !== undefined)
		records = records.where(
			sql<boolean>`lower(username) like lower(${containing(searchStr)}) escape '\\'`
		);
	const { total } = await records
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const rows = await records
		.selectAll()
		.orderBy('lock_date', 'desc')
		.orderBy('id', 'desc')
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	const list = rows.map((row) => ({
		recordId: row.id,
		lockId,
		recordTypeFromLock: row.type_from_lock,
		recordType: row.type,
		success: row.success,
		username: row.username,
		keyboardPwd: openRecordCode(secret, row) ?? '',
		lockDate: row.lock_date,
		serverDate: row.server_date
	}));
	return pageWith(list, request, total);
}

/** What was typed, or the number of a card; or null. Throws SecretError `broken`. */
export function openRecordCode(
	secret: Secret,
	{ id, code }: Pick<RecordRow, 'id' | 'code'>
): string | null {
	return code === null ? null : Buffer.from(unseal(secret, placeOf(id), code)).toString();
}

function placeOf(id: number) {
	return { table: 'door_record', row: String(id), column: 'code' };
}
