import type { z } from 'zod';
import type { FobCommandsReply, GrantFobReply, GrantFobRequest } from '../../api/app/fobs.ts';
import { toHex } from '../../protocol/bytes.ts';
import { audit, type Deed } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { notFound } from '../error.ts';
import { credentialsOf, holdFob } from '../fob-rows.ts';
import { findFob, type FobRow } from '../fobs.ts';
import { findLock } from '../locks.ts';
import type { Member } from '../people/identity.ts';
import { again } from './again.ts';
import { CoreError, type CoreErrorCode } from './error.ts';
import { issueTogether, revokeTogether } from './fob-locks.ts';
import { syncFob } from './fob-sync.ts';
import { isLive } from './held.ts';
import type { Core } from './issue.ts';
import { refusing } from './refuse.ts';

/** Why a lock was not given to a fob. */
const REFUSED: Partial<Record<CoreErrorCode, GrantFobReply['refused'][number]['code']>> = {
	'lock-not-found': 'not-found',
	'lock-full': 'lock-full',
	'fob-full': 'fob-full'
};

/** The commands of one sync. Throws ServerError `not-found`, `conflict`. */
export async function syncFor(
	core: Core,
	who: Member,
	mac: string,
	session: string,
	now: number = Date.now()
): Promise<FobCommandsReply> {
	const fob = await findFob(core.db, who.company.id, mac);
	const scope = { companyId: fob.company_id };
	const packets = await refusing(syncFob(core, scope, { mac, session }, now));
	return { commands: packets.map(toHex), brings: fob.phase !== 'recover', issuedAt: now };
}

/**
 * Gives a fob locks of its environment, each as it can; the activity will name their openings by the
 * fob. Throws ServerError `not-found`, `conflict` for a fob that is lost.
 */
export async function grantToFob(
	db: Db,
	who: Member,
	mac: string,
	{ locks: macs }: z.output<typeof GrantFobRequest>,
	now: number = Date.now()
): Promise<GrantFobReply> {
	const fob = await findFob(db, who.company.id, mac);
	const work = db.transaction().execute(async (trx) => {
		const rows = await trx
			.selectFrom('lock')
			.select(['id', 'mac'])
			.where('company_id', '=', fob.company_id)
			.where('environment', '=', fob.environment)
			.where('mac', 'in', macs)
			.execute();
		const ids = new Map(rows.map((row) => [row.mac, row.id]));
		const wanted = [...new Set(macs)].map((one) => {
			return { mac: one, id: ids.get(one), trackingKey: fob.name };
		});
		const { rows: granted, refused } = await issueTogether(trx, fob.id, wanted, now);
		if (granted.size > 0) await write(trx, who, fob, 'fob.issue', granted.size);
		return {
			granted: [...granted.keys()],
			refused: [...refused].map(([lock, error]) => {
				const code = REFUSED[error.code];
				if (code === undefined) throw error;
				return { mac: lock, code };
			})
		};
	});
	return refusing(work);
}

/** Takes a lock from a fob. Throws ServerError `not-found`, also when the fob does not have it. */
export async function takeFromFob(
	db: Db,
	who: Member,
	mac: string,
	lockMac: string,
	now: number = Date.now()
): Promise<void> {
	const fob = await findFob(db, who.company.id, mac);
	const { id } = await findLock(db, who, lockMac);
	await db.transaction().execute(async (trx) => {
		const revoked = await revokeTogether(trx, fob.id, ({ lock_id }) => lock_id === id, now);
		if (revoked === 0) throw notFound();
		await write(trx, who, fob, 'fob.revoke', revoked);
	});
}

/**
 * A fob is lost: takes every lock from it. Saying so again changes nothing. Throws ServerError
 * `not-found`; CoreError `moved` when it is given locks all the while.
 */
export async function loseFob(
	db: Db,
	who: Member,
	mac: string,
	now: number = Date.now()
): Promise<void> {
	const { id } = await findFob(db, who.company.id, mac);
	const lose = async (trx: Db) => {
		const revoked = await revokeTogether(trx, id, () => true, now);
		const fob = await holdFob(trx, id);
		if (fob === undefined) throw notFound();
		// Locks are held before fobs, so a lock may have come until the fob was held.
		if ((await credentialsOf(trx, id)).some(isLive))
			throw new CoreError('moved', 'The fob got a lock meanwhile');
		if (fob.lost_at !== null && revoked === 0) return;
		const lost_at = fob.lost_at ?? now;
		await trx.updateTable('fob').set({ lost_at }).where('id', '=', id).execute();
		await write(trx, who, fob, 'fob.lost', revoked);
	};
	await again('moved', () => db.transaction().execute(lose));
}

/** It is here again: it opens nothing until it is given locks anew. Throws ServerError `not-found`. */
export async function findAgain(db: Db, who: Member, mac: string): Promise<void> {
	const fob = await findFob(db, who.company.id, mac);
	if (fob.lost_at === null) return;
	await db.transaction().execute(async (trx) => {
		await trx.updateTable('fob').set({ lost_at: null }).where('id', '=', fob.id).execute();
		await write(trx, who, fob, 'fob.found', 0);
	});
}

function write(trx: Db, who: Member, fob: FobRow, deed: Deed, locks: number): Promise<void> {
	return audit(trx, who.company.id, who.userId, deed, { fob: fob.mac, locks });
}
