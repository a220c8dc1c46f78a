import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';

/** Packets kept of one company; the mobile key that may add them is public. */
export const QUARANTINE = 1000;

/** Packets of one session that no key opened. */
export interface Unknown {
	mac: string;
	session: string;
	receivedAt: number;
	packets: readonly string[];
}

/** Keeps what no key opened, each packet once, the newest QUARANTINE of a company. */
export async function quarantine(
	db: Db,
	companyId: string,
	unknown: readonly Unknown[],
	now: number
): Promise<void> {
	const rows = unknown
		.flatMap(({ mac, session, receivedAt, packets }) =>
			[...new Set(packets)].sort().map((packet) => ({
				id: newId(now),
				company_id: companyId,
				mac,
				session,
				packet,
				received_at: receivedAt,
				at: now
			}))
		)
		.slice(-QUARANTINE);
	if (rows.length === 0) return;
	await db
		.insertInto('quarantine')
		.values(rows)
		.onConflict((conflict) =>
			conflict.columns(['company_id', 'mac', 'session', 'packet']).doNothing()
		)
		.execute();
	// Ids sort by time.
	const last = await db
		.selectFrom('quarantine')
		.select('id')
		.where('company_id', '=', companyId)
		.orderBy('id', 'desc')
		.limit(1)
		.offset(QUARANTINE)
		.executeTakeFirst();
	if (last === undefined) return;
	await db
		.deleteFrom('quarantine')
		.where('company_id', '=', companyId)
		.where('id', '<=', last.id)
		.execute();
}
