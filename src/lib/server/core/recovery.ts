import type { Db } from '../db/connect.ts';
import type { Alarm } from '../db/tables.ts';
import { credentialsOf, issueColumns, issueOf, writeCredential } from '../fob-rows.ts';
import { fobNotFound, lockNotFound } from './error.ts';
import { latest, step as stepHeld } from './held.ts';
import { unknowChanges } from '../lock-sets.ts';
import { HELD_COLUMNS } from '../slots.ts';
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
				alarm: JSON.stringify({ kind: 'keys-unknown', at: now } satisfies Alarm)
			}))
			.where('company_id', '=', scope.companyId)
			.where('mac', '=', mac);
		if (scope.environment !== undefined) query = query.where('environment', '=', scope.environment);
		const row = await query
			.returning([...HELD_COLUMNS, 'active', 'pending', 'pending_changes'])
			.executeTakeFirst();
		if (row === undefined) throw lockNotFound();
		const { sync } = step(syncOf(row), { kind: 'restored' });
		const changes = await unknowChanges(trx, row, now);
		await trx
			.updateTable('lock')
			.set({ ...toColumns(sync), ...changes, pending_changes: null })
			.where('id', '=', row.id)
			.execute();
	});
}

/**
 * The same for a fob: until it has proven one, a sync only asks which keys it has, and the one
 * after that brings it everything anew. Throws CoreError `fob-not-found`.
 */
export async function declareFobRecovery(db: Db, companyId: string, mac: string): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const row = await trx
			.updateTable('fob')
			.set((e) => ({ recovery: e('recovery', '+', 1) }))
			.where('company_id', '=', companyId)
			.where('mac', '=', mac)
			.returningAll()
			.executeTakeFirst();
		if (row === undefined) throw fobNotFound();
		const { sync } = step(syncOf(row), { kind: 'restored' });
		for (const before of await credentialsOf(trx, row.id)) {
			const held = issueOf(before);
			const restored = stepHeld(held, { kind: 'restored', content: latest(held) }).held;
			await writeCredential(trx, before, { ...before, ...issueColumns(restored) });
		}
		await trx
			.updateTable('fob')
			.set({ ...toColumns(sync), pending_changes: null })
			.where('id', '=', row.id)
			.execute();
	});
}
