import { audit } from './audit.ts';
import { isLive, latest, step } from './core/held.ts';
import { followKeys } from './credentials.ts';
import type { Db } from './db/connect.ts';
import { columnsOf, slotOf, takenSlots, writeRows, writeTally, type Change } from './slot-rows.ts';
import { holdLockAt } from './slots.ts';

/**
 * Gives every key of a lock another value, from its next online unlock on: who holds one stays in
 * its slot, phones get theirs with their next contact, fobs with their next sync, integrators by
 * displaying keys. Returns how many. Throws ServerError `not-found`.
 */
export async function resetKeys(
	db: Db,
	by: { companyId: string; actor: string },
	mac: string,
	now: number = Date.now()
): Promise<number> {
	return db.transaction().execute(async (trx) => {
		const lock = await holdLockAt(trx, by.companyId, mac);
		const changes = (await takenSlots(trx, lock.id)).map((row): Change => {
			if (!isLive(row)) return [row, row];
			const slot = slotOf(row);
			const issue = Math.max(latest(slot).issue, lock.issue_base) + 1;
			const content = { issue, window: latest(slot).window };
			const { held } = step(slot, { kind: 'change', content });
			return [row, { ...row, ...columnsOf(held), replaced_at: now }];
		});
		const after = changes.map(([, row]) => row);
		await writeRows(trx, lock.id, changes);
		await writeTally(trx, lock.id, after);
		await followKeys(trx, lock.id, after);
		const keys = after.filter(isLive).length;
		await audit(trx, by.companyId, by.actor, 'lock.reset', { mac, keys });
		return keys;
	});
}
