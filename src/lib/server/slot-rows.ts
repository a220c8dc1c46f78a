import type { Selectable } from 'kysely';
import { isChange, type Slot } from './core/slot.ts';
import type { Db } from './db/connect.ts';
import type { SlotTable } from './db/slot-tables.ts';
import type { LockTable } from './db/tables.ts';

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

/** A row as the reducer takes it. */
export function slotOf(row: SlotRow): Slot {
	const { state, issue, from_s, until_s, renew_at, next_until_s, frozen } = row;
	const window = { from: from_s, until: until_s, renewAt: renew_at };
	const next = next_until_s === null ? null : { ...window, until: next_until_s };
	return { state, issue, window, frozen, next };
}

/** The reverse of `slotOf`. */
export function columnsOf({ state, issue, window, frozen, next }: Slot) {
	return {
		state,
		issue,
		from_s: window.from,
		until_s: window.until,
		renew_at: (next ?? window).renewAt,
		next_until_s: next?.until ?? null,
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

function deltaOf(before: SlotRow, after: SlotRow): Partial<SlotRow> {
	const names = Object.keys(after) as (keyof SlotRow)[];
	const changed = names.filter((name) => before[name] !== after[name]);
	return Object.fromEntries(changed.map((name) => [name, after[name]]));
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
