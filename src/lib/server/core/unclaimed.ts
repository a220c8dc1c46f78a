import type { Db } from '../db/connect.ts';
import type { ActivityRow } from './activity.ts';

/**
 * Openings by the key of a phone that was in contact afterwards and claimed none of them: the key
 * was used outside the app. One query, and none when no such opening is among the rows.
 */
export async function unclaimedAmong(
	db: Db,
	rows: readonly ActivityRow[]
): Promise<ReadonlySet<string>> {
	const open = rows.filter(({ claimed }) => claimed === 0);
	if (open.length === 0) return new Set();
	const contacts = await db
		.selectFrom('slot')
		.innerJoin('phone', (join) =>
			join
				.onRef('phone.company_id', '=', 'slot.company_id')
				.onRef('phone.user_id', '=', 'slot.user_id')
				.onRef('phone.id', '=', 'slot.phone_id')
		)
		.select(['slot.lock_id', 'slot.slot', 'slot.issue', 'phone.last_contact_at'])
		.where('slot.lock_id', 'in', [...new Set(open.map(({ lock_id }) => lock_id))])
		.where('slot.slot', 'in', [...new Set(open.map(({ slot }) => slot ?? 0))])
		.where('slot.holder', '=', 'phone')
		.execute();
	const at = (lockId: string, slot: number | null, issue: number | null) =>
		`${lockId} ${slot} ${issue}`;
	const last = new Map(
		contacts.map((one) => [at(one.lock_id, one.slot, one.issue), one.last_contact_at])
	);
	return new Set(
		open
			.filter((row) => (last.get(at(row.lock_id, row.slot, row.issue)) ?? 0) > row.range_end)
			.map(({ id }) => id)
	);
}
