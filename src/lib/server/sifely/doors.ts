import type { Selectable } from 'kysely';
import type { EkeyPeriod } from '../../api/app/ekeys.ts';
import { judge, type Verdict } from '../../protocol/ttlock/offline.ts';
import type { Db } from '../db/connect.ts';
import type { DoorLockTable, EkeyTable } from '../db/door-tables.ts';
import type { Holder } from './caller.ts';
import { lockNotFound, SifelyError } from './error.ts';

export type DoorRow = Selectable<DoorLockTable>;
export type EkeyRow = Selectable<EkeyTable>;

/** A lock, and the eKey by which somebody has to do with it: the owner's, for who stands for them. */
export interface Held {
	lock: DoorRow;
	key: EkeyRow;
}

/**
 * A lock of which this account has an eKey, in whatever state. Throws SifelyError `no-lock` alike for
 * one that is absent, another company's, or none of theirs.
 */
export async function heldDoor(db: Db, caller: Holder, lockId: number): Promise<Held> {
	const lock = await db
		.selectFrom('door_lock')
		.selectAll()
		.where('id', '=', lockId)
		.where('company_id', '=', caller.companyId)
		.executeTakeFirst();
	return withKey(db, caller, lock);
}

/**
 * The same inside a transaction that changes it: whatever else is done to the lock, its eKeys and its
 * passcodes comes before or after.
 */
export async function holdDoor(trx: Db, caller: Holder, lockId: number): Promise<Held> {
	const lock = await trx
		.updateTable('door_lock')
		.set((e) => ({ alias: e.ref('alias') }))
		.where('id', '=', lockId)
		.where('company_id', '=', caller.companyId)
		.returningAll()
		.executeTakeFirst();
	return withKey(trx, caller, lock);
}

async function withKey(db: Db, { uid, asOwner }: Holder, lock: DoorRow | undefined): Promise<Held> {
	if (lock === undefined) throw lockNotFound();
	const keys = db
		.selectFrom('ekey')
		.selectAll()
		.where('lock_id', '=', lock.id)
		.where('state', '<>', 'deleted');
	const mine = asOwner ? keys.where('kind', '=', 'admin') : keys.where('account_id', '=', uid);
	const key = await mine.executeTakeFirst();
	if (key === undefined) throw lockNotFound();
	return { lock, key };
}

/** Throws SifelyError `not-permitted` for who has an eKey that was frozen or reset: it tells no more. */
export function mustLive(held: Held): Held {
	const { state } = held.key;
	if (state === 'frozen' || state === 'reset')
		throw new SifelyError('not-permitted', 'this eKey is frozen or was reset');
	return held;
}

/** Its owner, which this API calls the top administrator. */
export function isOwner({ key }: Held): boolean {
	return key.kind === 'admin';
}

/** Its owner, and who was authorized while that eKey holds. */
export function manages(held: Held, now: number = Date.now()): boolean {
	if (isOwner(held)) return true;
	const { key, lock } = held;
	return key.key_right === 1 && key.state === 'normal' && verdictOf(key, lock, now) === 'holds';
}

/** Throws SifelyError `not-permitted`. */
export function mustManage(held: Held): Held {
	if (!manages(held))
		throw new SifelyError('not-permitted', 'only an administrator of the lock may do this');
	return held;
}

/** Throws SifelyError `not-permitted`. */
export function mustOwn(held: Held): Held {
	if (!isOwner(held))
		throw new SifelyError('not-permitted', 'only the top administrator of the lock may do this');
	return held;
}

/** The last reading, or null before the first. */
export function batteryOf({ battery, battery_at, created_at }: DoorRow) {
	return battery === null ? null : { percent: battery, at: battery_at ?? created_at };
}

/** Whether an eKey opens now, as far as its dates say. */
export function verdictOf(
	key: Pick<EkeyRow, 'start_date' | 'end_date' | 'recurrence' | 'used_at'>,
	lock: Pick<DoorRow, 'timezone_offset'>,
	now: number
): Verdict {
	const validity = { ...periodOf(key), timezoneRawOffset: lock.timezone_offset };
	return judge(validity, now, key.used_at !== null);
}

export function recurrenceOf({ recurrence }: Pick<EkeyRow, 'recurrence'>) {
	return recurrence === null ? null : (JSON.parse(recurrence) as EkeyPeriod['recurrence']);
}

/** When an eKey holds, as its row has it. */
export function periodOf(key: Pick<EkeyRow, 'start_date' | 'end_date' | 'recurrence'>): EkeyPeriod {
	return { startDate: key.start_date, endDate: key.end_date, recurrence: recurrenceOf(key) };
}
