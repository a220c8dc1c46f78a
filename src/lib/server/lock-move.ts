import { audit } from './audit.ts';
import { movedTo } from './core/moves.ts';
import type { Db } from './db/connect.ts';
import type { EnvironmentName } from './db/tables.ts';
import { ServerError } from './error.ts';
import { holdLockAt, revokeKeys } from './slots.ts';

/**
 * Moves a lock to the other environment, with its history. It keeps the keys it has: the next
 * online unlock, now in the new environment, brings it a master key of that environment as it
 * brings any other change, so a lock is never left with a key that nobody knows. Fobs stay where
 * they are and lose it. Throws ServerError `not-found`; `conflict` when it is there already, or
 * when nobody knows its keys.
 */
export async function moveLock(
	db: Db,
	by: { companyId: string; actor: string },
	mac: string,
	to: EnvironmentName,
	now: number = Date.now()
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const lock = await holdLockAt(trx, by.companyId, mac);
		const row = await trx
			.selectFrom('lock')
			.select(['environment', 'moves', 'phase', 'active', 'pending'])
			.where('id', '=', lock.id)
			.executeTakeFirstOrThrow();
		if (row.environment === to) throw new ServerError('conflict', `The lock is in ${to} already.`);
		if (row.phase === 'recover')
			throw new ServerError('conflict', 'Open the lock online first: its keys are not known.');
		// What is offered was made in the environment it leaves, and may be on the lock by now.
		const moves = movedTo(row, to, (row.pending ?? row.active) + 1);
		await revokeKeys(trx, lock, ({ holder }) => holder === 'fob', now);
		await trx
			.updateTable('lock')
			.set({ environment: to, moves, moved_at: now })
			.where('id', '=', lock.id)
			.execute();
		await trx
			.updateTable('activity')
			.set({ environment: to })
			.where('lock_id', '=', lock.id)
			.execute();
		await audit(trx, by.companyId, by.actor, 'lock.move', { mac, to });
	});
}
