import type { Selectable } from 'kysely';
import { isChange, type Held } from './core/held.ts';
import type { Db } from './db/connect.ts';
import { deltaOf } from './db/delta.ts';
import type { QuickClickTable } from './db/held-tables.ts';
import type { LockTable } from './db/tables.ts';

export type QuickClickRow = Selectable<QuickClickTable>;

/** What a lock holds of a code. */
export interface Uses {
	/** Left, 0..254, or 255 for unlimited. */
	left: number;
	/** What it was set to last. */
	start: number;
	/** The lock is not to give back what was spent. */
	capped: boolean;
}

/** What a lock's row says about its quick clicks, so that nothing else needs to look at them. */
export type QuickClickTally = Pick<LockTable, 'quick_clicks_used' | 'quick_click_changes'>;

/** The quick clicks of a lock that are not off, by position. */
export function takenQuickClicks(db: Db, lockId: string): Promise<QuickClickRow[]> {
	return db
		.selectFrom('quick_click')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('state', '!=', 'off')
		.orderBy('position')
		.execute();
}

/** A code that may be used so many times from when the lock gets it. */
export function fullUses(uses: number): Uses {
	return { left: uses, start: uses, capped: false };
}

/** A row as the reducer takes it. */
export function usesOf(row: QuickClickRow): Held<Uses> {
	const { state, uses, start_uses, capped, next_uses, wanted_uses, frozen } = row;
	return {
		state,
		content: { left: uses, start: start_uses, capped: capped === 1 },
		frozen,
		next: next_uses === null ? null : fullUses(next_uses),
		wanted: wanted_uses === null ? null : fullUses(wanted_uses)
	};
}

/** The reverse of `usesOf`. */
export function usesColumns({ state, content, frozen, next, wanted }: Held<Uses>) {
	return {
		state,
		uses: content.left,
		start_uses: content.start,
		capped: Number(content.capped),
		next_uses: next?.start ?? null,
		wanted_uses: wanted?.start ?? null,
		frozen
	};
}

/** Writes the rows that have changed; `after[i]` is what `before[i]` becomes. */
export async function writeQuickClicks(
	trx: Db,
	before: readonly QuickClickRow[],
	after: readonly QuickClickRow[]
): Promise<void> {
	for (const [i, row] of after.entries()) {
		const delta = deltaOf(before[i]!, row);
		if (Object.keys(delta).length === 0) continue;
		await trx.updateTable('quick_click').set(delta).where('id', '=', row.id).execute();
	}
}

/** What the lock's row has to say about these: all that are not off, and any that are. */
export function quickClickTally(rows: readonly QuickClickRow[]): QuickClickTally {
	return {
		quick_clicks_used: rows.filter(({ state }) => state !== 'off').length,
		quick_click_changes: rows.filter((row) => isChange(usesOf(row))).length
	};
}
