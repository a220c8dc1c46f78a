import type { Db } from '../db/connect.ts';
import { lockNotFound } from './error.ts';
import { unknowSlots } from '../slot-sets.ts';
import type { Scope } from './issue.ts';
import { step } from './sync.ts';
import { syncOf, toColumns } from './sync-columns.ts';

/**
 * Declares the keys of a lock unknown, as after a restore from a backup: from now on only openings
 * are issued, under every epoch the lock may hold, until it proves one; the set after that empties
 * its slots and fills them anew. Throws CoreError `lock-not-found`.
 */
export async function declareRecovery(
	db: Db,
	scope: Scope,
	mac: string,
	now: number = Date.now()
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		let query = trx
			.updateTable('lock')
			.set((e) => ({
				// What was asked before this moment proves nothing about the lock of today.
				recovery: e('recovery', '+', 1),
				alarm: JSON.stringify({ kind: 'keys-unknown', at: now })
			}))
			.where('company_id', '=', scope.companyId)
			.where('mac', '=', mac);
		if (scope.environment !== undefined) query = query.where('environment', '=', scope.environment);
		const row = await query
			.returning([
				'id',
				'company_id',
				'mac',
				'phase',
				'active',
				'pending',
				'pending_changes',
				'slot_reset',
				'issue_base'
			])
			.executeTakeFirst();
		if (row === undefined) throw lockNotFound();
		const { sync } = step(syncOf(row), { kind: 'restored' });
		const slots = await unknowSlots(trx, row, now);
		await trx
			.updateTable('lock')
			.set({ ...toColumns(sync), ...slots, pending_changes: null })
			.where('id', '=', row.id)
			.execute();
	});
}
