import {
	sql,
	type Expression,
	type ExpressionBuilder,
	type Selectable,
	type SqlBool
} from 'kysely';
import { isChange } from './core/held.ts';
import type { Slot } from './core/slot.ts';
import type { Db } from './db/connect.ts';
import { deltaOf } from './db/delta.ts';
import type { SlotTable } from './db/slot-tables.ts';
import type { Tables, LockTable } from './db/tables.ts';

export type SlotRow = Selectable<SlotTable>;

/** What a lock's row says about its slots, so that nothing else needs to look at them. */
export type Tally = Pick<
	LockTable,
	'slots_used' | 'slots_waiting' | 'slots_revoking' | 'slot_changes' | 'renew_at'
>;

/** The slots of a lock that are not free, by number. */
export function takenSlots(db: Db, lockId: string): Promise<SlotRow[]> {
	return db
		.selectFrom('slot')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('state', '!=', 'off')
		.orderBy('slot')
		.execute();
}

/** Whether the key of a slot opened what no phone has claimed: the activity tells of it by this row. */
export function openedUnclaimed(e: ExpressionBuilder<Tables, 'slot'>): Expression<SqlBool> {
	return e.exists(
		e
			.selectFrom('activity')
			.select('activity.id')
			.whereRef('activity.lock_id', '=', 'slot.lock_id')
			.whereRef('activity.slot', '=', 'slot.slot')
			.whereRef('activity.issue', '=', 'slot.issue')
			// As the index has it: no value of a parameter is known when it is chosen.
			.where(sql<boolean>`claimed = 0`)
	);
}

/** A row as the reducer takes it. */
export function slotOf(row: SlotRow): Slot {
	const { state, issue, from_s, until_s, renew_at, frozen } = row;
	const window = { from: from_s, until: until_s, renewAt: renew_at };
	const changes = row.next_until_s !== null || row.next_issue !== null;
	const next = {
		issue: row.next_issue ?? issue,
		window: { ...window, until: row.next_until_s ?? until_s }
	};
	return {
		state,
		content: { issue, window },
		frozen,
		next: changes ? next : null,
		wanted: row.wanted_issue === null ? null : { issue: row.wanted_issue, window }
	};
}

/** The reverse of `slotOf`. */
export function columnsOf({ state, content, frozen, next, wanted }: Slot) {
	const { issue, window } = content;
	return {
		state,
		issue,
		from_s: window.from,
		until_s: window.until,
		renew_at: (next ?? content).window.renewAt,
		next_until_s: next?.window.until ?? null,
		next_issue: next?.issue ?? null,
		wanted_issue: wanted?.issue ?? null,
		frozen
	};
}

/** A taken slot as it was, and as it becomes. */
export type Change = readonly [before: SlotRow, after: SlotRow];

/** Writes what has changed of one lock's taken slots, those that change alike in one statement. */
export async function writeRows(
	trx: Db,
	lockId: string,
	changes: readonly Change[]
): Promise<void> {
	const alike = Map.groupBy(changes, ([before, after]) => JSON.stringify(deltaOf(before, after)));
	for (const some of alike.values()) {
		const delta = deltaOf(...some[0]!);
		if (Object.keys(delta).length === 0) continue;
		await trx
			.updateTable('slot')
			.set(delta)
			.where('lock_id', '=', lockId)
			.where(
				'slot',
				'in',
				some.map(([{ slot }]) => slot)
			)
			.where('state', '!=', 'off')
			.execute();
	}
}

/** Puts onto the lock's row what it says about its slots. */
export async function writeTally(trx: Db, lockId: string, rows: readonly SlotRow[]): Promise<void> {
	await trx.updateTable('lock').set(tallyOf(rows)).where('id', '=', lockId).execute();
}

/** What the lock's row has to say about these slots: all that are not free, and any that are. */
export function tallyOf(rows: readonly SlotRow[]): Tally {
	const count = (state: SlotRow['state']) => rows.filter((row) => row.state === state).length;
	const renewals = rows.flatMap(({ state, frozen, renew_at }) =>
		state === 'on-lock' && frozen === null && renew_at !== null ? [renew_at] : []
	);
	return {
		slots_used: rows.length - count('off'),
		slots_waiting: count('waiting'),
		slots_revoking: count('revoking'),
		slot_changes: rows.filter((row) => isChange(slotOf(row))).length,
		renew_at: renewals.length > 0 ? Math.min(...renewals) : null
	};
}
