import { sql } from 'kysely';
import type { Db } from './db/connect.ts';
import { DAY } from './lease.ts';

/** A phone learns that its eKey is to be deleted; who asks later finds who had it in the records. */
const DELETED_EKEYS = 400 * DAY;
/** Records name the passcode that was typed. */
const DELETED_PASSCODES = 400 * DAY;

/** Rows of the open API's types whose code is dead for ever once this time has passed. */
const ONCE = 1;
const PERIOD = 3;
const DELETE = 4;

/** Deletes eKeys that were deleted long ago, at most `turn` of them. Returns how many. */
export async function deleteEndedEkeys(db: Db, now: number, turn: number): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from ekey where id in (
			select id from ekey
			where state = 'deleted' and ended_at < cast(${now - DELETED_EKEYS} as bigint)
			order by ended_at limit ${sql.lit(turn)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

/**
 * The same for passcodes. A random one is known to whoever had it, and the row is what keeps it from
 * being given to somebody else: so it stays while the lock could take it. One for one opening and one
 * that deletes are void a day after their start, one with an end after that. A permanent one, or one
 * for days of the week, is never void, and its row stays with the lock.
 */
export async function deleteEndedPasscodes(db: Db, now: number, turn: number): Promise<number> {
	const before = now - DELETED_PASSCODES;
	const { numAffectedRows } = await sql`
		delete from passcode where id in (
			select id from passcode
			where state = 'deleted' and ended_at < cast(${before} as bigint)
				and (place is null
					or (type in (${sql.lit(ONCE)}, ${sql.lit(DELETE)}) and start_date < cast(${before} as bigint))
					or (type = ${sql.lit(PERIOD)} and end_date < cast(${before} as bigint)))
			order by ended_at limit ${sql.lit(turn)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}
