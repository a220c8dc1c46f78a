import type { Selectable } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { SlotTable } from '../db/slot-tables.ts';
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
 * Who had the slot at that time; null when nobody had, or when it may have been either of two. A
 * lock's clock counts seconds.
 */
export function holderAt(
	holders: readonly Holder[],
	slot: number,
	{ start, end }: TimeRange
): Holder | null {
	const then = holders.filter(
		(one) =>
			one.slot === slot &&
			one.issued_at < end + 1000 &&
			(one.off_at === null || one.off_at >= start)
	);
	return then.length === 1 ? then[0]! : null;
}
