import type { Selectable } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { SlotTable } from '../db/slot-tables.ts';
import type { QuickClickRow } from '../quick-click-rows.ts';
import type { TimeRange } from './events.ts';

/** Whose a slot was. */
export type Holder = Pick<
	Selectable<SlotTable>,
	'slot' | 'issue' | 'holder' | 'tracking_key' | 'user_id' | 'issued_at' | 'off_at'
>;

/** Everybody who ever had one of these slots, the first before the later ones. */
export async function holdersOf(
	db: Db,
	lockId: string,
	slots: readonly number[]
): Promise<Holder[]> {
	if (slots.length === 0) return [];
	return db
		.selectFrom('slot')
		.select(['slot', 'issue', 'holder', 'tracking_key', 'user_id', 'issued_at', 'off_at'])
		.where('lock_id', '=', lockId)
		.where('slot', 'in', slots)
		.orderBy('issue')
		.execute();
}

/**
 * Who had the slot at that time; null when nobody had, or when it may have been either of two.
 */
export function holderAt(
	holders: readonly Holder[],
	slot: number,
	range: TimeRange
): Holder | null {
	return onlyAt(
		holders.filter((one) => one.slot === slot),
		range
	);
}

/** A quick click that had a position of a lock. */
export type PlacedCode = Pick<QuickClickRow, 'position' | 'name' | 'issued_at' | 'off_at'>;

/** Every quick click that is known to have had one of these positions. */
export async function codesOf(
	db: Db,
	lockId: string,
	positions: readonly number[]
): Promise<PlacedCode[]> {
	if (positions.length === 0) return [];
	return db
		.selectFrom('quick_click')
		.select(['position', 'name', 'issued_at', 'off_at'])
		.where('lock_id', '=', lockId)
		.where('position', 'in', positions)
		.execute();
}

/** What the code of that position was called; null as above, and for one without a name. */
export function codeNameAt(
	codes: readonly PlacedCode[],
	position: number,
	range: TimeRange
): string | null {
	const there = codes.filter((one) => one.position === position);
	return onlyAt(there, range)?.name || null;
}

/** The one that was there at that time, if it was one. A lock's clock counts seconds. */
function onlyAt<T extends { issued_at: number; off_at: number | null }>(
	all: readonly T[],
	{ start, end }: TimeRange
): T | null {
	const then = all.filter(
		({ issued_at, off_at }) => issued_at < end + 1000 && (off_at === null || off_at >= start)
	);
	return then.length === 1 ? then[0]! : null;
}
