import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from './db/connect.ts';
import { firstId } from './db/id.ts';
import { DAY } from './lease.ts';
import { deleteEndedEkeys, deleteEndedPasscodes } from './prune-doors.ts';
import { openedUnclaimed } from './slot-rows.ts';
import { holdLock } from './slots.ts';

/*
 * What is kept how long, and why it may go then; docs/operations.md has the same table. Activity is
 * never pruned, and nothing that it shows: names stand in its own rows.
 */

/** A phone sends a batch again until it is told that it is durable. After that its id is not needed:
 * records are known by their counters, answers by `issued.heard`, so a batch changes nothing twice. */
const UPLOADS = 90 * DAY;
/** A lock tells of an opening when it is visited next; what it names is found here. */
const ISSUED = 400 * DAY;
/** The same for what phones say that they opened. */
const CLAIMS = 400 * DAY;
/** A late record still finds whose slot it was, and a phone learns that its key is to be deleted. */
const OFF_SLOTS = 400 * DAY;
/** A late record counts a use of the code that its position had then, and of no other. */
const OFF_QUICK_CLICKS = 400 * DAY;
/** Nothing asks for it again; as long as the key of the slot that it was. */
const OFF_CREDENTIALS = 400 * DAY;
const AUDIT = 3 * 365 * DAY;

/** Rows of one turn: a few milliseconds, while an opening may have to wait. */
export const TURN = 500;
/** Turns of one table in one go; what is left waits for the next hour. */
const TURNS = 200;
/** Milliseconds between turns, for everybody else. */
const REST = 20;

/** Deletes some rows that are old enough, the oldest first. Returns how many. */
type Some = (db: Db, now: number) => Promise<number>;

const TABLES: readonly Some[] = [
	(db, now) => deleteById(db, 'issued', now - ISSUED),
	// A set that a fob proves later than this is offered once more.
	(db, now) => deleteById(db, 'fob_issued', now - ISSUED),
	(db, now) => deleteById(db, 'audit', now - AUDIT),
	deleteUploads,
	deleteClaims,
	deleteOffSlots,
	deleteOffQuickClicks,
	deleteOffCredentials,
	(db, now) => deleteEndedEkeys(db, now, TURN),
	(db, now) => deleteEndedPasscodes(db, now, TURN)
];

/** Forgets what nobody needs any more, in short turns. Returns how many rows went. */
export async function prune(
	db: Db,
	now: number,
	stopping: AbortSignal = new AbortController().signal
): Promise<number> {
	let pruned = 0;
	for (const some of TABLES) {
		for (let turn = 0; turn < TURNS && !stopping.aborted; turn++) {
			const gone = await some(db, now);
			pruned += gone;
			if (gone < TURN) break;
			await pause(REST);
		}
	}
	return pruned;
}

/** Ids sort by time. */
async function deleteById(
	db: Db,
	table: 'issued' | 'fob_issued' | 'audit',
	before: number
): Promise<number> {
	const { numDeletedRows } = await db
		.deleteFrom(table)
		.where('id', 'in', (e) =>
			e.selectFrom(table).select('id').where('id', '<', firstId(before)).orderBy('id').limit(TURN)
		)
		.executeTakeFirst();
	return Number(numDeletedRows);
}

async function deleteUploads(db: Db, now: number): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from upload where (company_id, id) in (
			select company_id, id from upload where at < cast(${now - UPLOADS} as bigint)
			order by at limit ${sql.lit(TURN)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

async function deleteClaims(db: Db, now: number): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from claim where (lock_id, slot, at, user_id) in (
			select lock_id, slot, at, user_id from claim where moment < cast(${now - CLAIMS} as bigint)
			order by moment limit ${sql.lit(TURN)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

/** Not those of a lock that has records to tell yet: they may be of these codes. */
async function deleteOffQuickClicks(db: Db, now: number): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from quick_click where id in (
			select quick_click.id from quick_click
			join lock on lock.id = quick_click.lock_id and lock.log_seen <= lock.log_cursor
			where quick_click.state = 'off' and off_at < cast(${now - OFF_QUICK_CLICKS} as bigint)
			order by off_at limit ${sql.lit(TURN)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

async function deleteOffCredentials(db: Db, now: number): Promise<number> {
	const { numAffectedRows } = await sql`
		delete from fob_credential where id in (
			select id from fob_credential
			where state = 'off' and off_at < cast(${now - OFF_CREDENTIALS} as bigint)
			order by off_at limit ${sql.lit(TURN)})`.execute(db);
	return Number(numAffectedRows ?? 0n);
}

/**
 * A slot's number of issue must never come again: its key would open again. So the lock remembers
 * the highest that is gone. A key that opened what nobody claimed stays: the activity says so.
 */
async function deleteOffSlots(db: Db, now: number): Promise<number> {
	const rows = await db
		.selectFrom('slot')
		.select(['lock_id', 'slot', 'issue'])
		// As the index has it: no value of a parameter is known when it is chosen.
		.where(sql<boolean>`state = 'off'`)
		.where('off_at', '<', now - OFF_SLOTS)
		.where((e) => e.not(openedUnclaimed(e)))
		.orderBy('off_at')
		.limit(TURN)
		.execute();
	for (const [lockId, mine] of Map.groupBy(rows, ({ lock_id }) => lock_id)) {
		await db.transaction().execute(async (trx) => {
			const lock = await holdLock(trx, lockId);
			if (lock === undefined) return;
			const issue_base = Math.max(lock.issue_base, ...mine.map(({ issue }) => issue));
			await trx.updateTable('lock').set({ issue_base }).where('id', '=', lockId).execute();
			for (const { slot, issue } of mine) {
				await trx
					.deleteFrom('slot')
					.where('lock_id', '=', lockId)
					.where('slot', '=', slot)
					.where('issue', '=', issue)
					.execute();
			}
		});
	}
	return rows.length;
}
