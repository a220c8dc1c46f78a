import { CREDENTIALS } from '../../protocol/noke/fob.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import { CoreError } from './error.ts';
import { isLive, issued, latest } from './held.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { credentialsOf, issueColumns, writeCredential, type CredentialRow } from '../fob-rows.ts';
import type { FobRow } from '../fobs.ts';
import { slotOf } from '../slot-rows.ts';
import { issueKeys, type HeldLock } from '../slots.ts';

/**
 * Gives a fob a lock: a key in one of the lock's slots. A fob that has one keeps it, and the lock's
 * log names it by the new tracking key. Throws CoreError `lock-full`, `fob-full`, and then nothing
 * was written.
 */
export async function issueCredential(
	trx: Db,
	fob: FobRow,
	lock: HeldLock,
	tracking_key: string,
	now: number
): Promise<CredentialRow> {
	const live = (await credentialsOf(trx, fob.id)).filter(isLive);
	const known = live.find(({ lock_id }) => lock_id === lock.id);
	if (known !== undefined) {
		await trx
			.updateTable('slot')
			.set({ tracking_key })
			.where('lock_id', '=', lock.id)
			.where('slot', '=', known.slot)
			.where('state', '!=', 'off')
			.execute();
		await writeCredential(trx, known, { ...known, tracking_key });
		return { ...known, tracking_key };
	}
	if (live.length >= CREDENTIALS)
		throw new CoreError('fob-full', `${fob.mac} has ${CREDENTIALS} locks already`);
	const window = { from: 0, until: FOR_EVER, renewAt: null };
	const nobody = { user_id: null, phone_id: null };
	const key = { holder: 'fob', tracking_key, ...nobody, fob_id: fob.id, window } as const;
	const slot = (await issueKeys(trx, lock, [key], now))[0]!;
	const row: CredentialRow = {
		// Ids keep the order of issue.
		id: newId(now + live.length),
		fob_id: fob.id,
		lock_id: lock.id,
		slot: slot.slot,
		tracking_key,
		...issueColumns(issued(latest(slotOf(slot)).issue)),
		issued_at: now,
		proven_at: null,
		revoked_at: null,
		off_at: null
	};
	await trx.insertInto('fob_credential').values(row).execute();
	return row;
}
