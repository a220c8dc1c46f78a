import type { Db } from '../db/connect.ts';
import type { EnvironmentName } from '../db/tables.ts';
import type { SlotRow } from '../slot-rows.ts';
import { portions } from './read.ts';

/** One key of the Core API. */
export type KeyRow = Pick<SlotRow, 'lock_id' | 'slot' | 'issue' | 'tracking_key'>;

/** Which keys; an absent list leaves nothing out. */
export interface KeyFilter {
	lockIds?: readonly string[] | undefined;
	trackingKeys?: readonly string[] | undefined;
}

/** Names of one statement. */
const NAMES = 500;

/** Keys of the Core API that are issued and not revoked, of each lock in the order of issue. */
export async function liveKeys(
	db: Db,
	{ companyId, environment }: { companyId: string; environment: EnvironmentName },
	{ lockIds, trackingKeys }: KeyFilter
): Promise<KeyRow[]> {
	const query = db
		.selectFrom('slot')
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['slot.lock_id', 'slot.slot', 'slot.issue', 'slot.tracking_key', 'slot.issued_at'])
		.where('slot.company_id', '=', companyId)
		.where('lock.environment', '=', environment)
		.where('slot.holder', '=', 'key')
		.where('slot.state', 'in', ['waiting', 'on-lock']);
	const rows: (KeyRow & { issued_at: number })[] = [];
	for (const keys of namesOf(trackingKeys)) {
		const named = keys === undefined ? query : query.where('slot.tracking_key', 'in', keys);
		for (const ids of namesOf(lockIds)) {
			const placed = ids === undefined ? named : named.where('slot.lock_id', 'in', ids);
			rows.push(...(await placed.execute()));
		}
	}
	return rows.sort(
		(a, b) => a.issued_at - b.issued_at || a.slot - b.slot || (a.lock_id < b.lock_id ? -1 : 1)
	);
}

function namesOf<T>(all: readonly T[] | undefined): Iterable<readonly T[] | undefined> {
	return all === undefined ? [undefined] : portions(all, NAMES);
}
