import type { Lock } from '../api/app/locks.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import type { EnvironmentName } from './db/tables.ts';
import { notFound, ServerError } from './error.ts';
import { moveLock } from './lock-move.ts';
import { toLock } from './lock-list.ts';
import { findLock } from './locks.ts';
import type { Member } from './people/identity.ts';
import { engages, switchExplicitLock } from './settings.ts';
import { holdLock } from './slots.ts';

/**
 * Switches explicit lock, from the lock's next online opening on. Throws ServerError `not-found`;
 * `conflict` for hardware and firmware that engage by themselves only.
 */
export async function setExplicitLock(
	db: Db,
	who: Member,
	mac: string,
	on: boolean
): Promise<Lock> {
	return db.transaction().execute(async (trx) => {
		const { id } = await findLock(trx, who, mac);
		const lock = await holdLock(trx, id);
		if (lock === undefined) throw notFound();
		if (!engages(lock)) throw new ServerError('conflict', 'This lock engages by itself only.');
		const columns = switchExplicitLock(lock, on);
		await trx.updateTable('lock').set(columns).where('id', '=', id).execute();
		const detail = { mac, settings: ['explicit-lock'] };
		await audit(trx, who.company.id, who.userId, 'lock.settings', detail);
		return toLock(await findLock(trx, who, mac));
	});
}

/** Moves a lock to the other environment. Throws as `moveLock` does. */
export async function moveTo(
	db: Db,
	who: Member,
	mac: string,
	environment: EnvironmentName
): Promise<Lock> {
	await moveLock(db, { companyId: who.company.id, actor: who.userId }, mac, environment);
	return toLock(await findLock(db, who, mac));
}
