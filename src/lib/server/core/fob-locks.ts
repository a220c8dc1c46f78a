import { CREDENTIALS } from '../../protocol/noke/fob.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import { CoreError, fobNotFound, lockNotFound } from './error.ts';
import { isLive, issued, latest } from './held.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import {
	credentialsOf,
	holdFob,
	issueColumns,
	writeCredential,
	type CredentialRow
} from '../fob-rows.ts';
import type { FobRow } from '../fobs.ts';
import { slotOf } from '../slot-rows.ts';
import { holdLock, issueKeys, revokeKeys, type HeldLock } from '../slots.ts';

/**
 * Gives a fob a lock: a key in one of the lock's slots. A fob that has one keeps it, and the lock's
 * log names it by the new tracking key. Throws CoreError `lock-full`, `fob-full`, and then nothing
 * was written.
 */
async function issueCredential(
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

/** A lock that a fob is to open; no id: there is none of this MAC. */
export interface WantedLock {
	mac: string;
	id: string | undefined;
	trackingKey: string;
}

/**
 * Gives a fob several locks; each stands or falls by itself: credentials and refusals by MAC, those
 * of absent locks first. Throws CoreError `fob-not-found`, `fob-lost`.
 */
export async function issueTogether(
	trx: Db,
	fobId: string,
	wanted: readonly WantedLock[],
	now: number
): Promise<{ rows: Map<string, CredentialRow>; refused: Map<string, CoreError> }> {
	const held = new Map<string, HeldLock>();
	// Locks before fobs, each in one order: two calls never wait for each other in a circle.
	for (const id of wanted.flatMap(({ id }) => id ?? []).sort()) {
		const lock = await holdLock(trx, id);
		if (lock !== undefined) held.set(lock.mac, lock);
	}
	const fob = await holdFob(trx, fobId);
	if (fob === undefined) throw fobNotFound();
	if (fob.lost_at !== null)
		throw new CoreError('fob-lost', 'This fob is lost: say in the app that it is found');
	const rows = new Map<string, CredentialRow>();
	const refused = new Map<string, CoreError>();
	for (const { mac } of wanted) if (!held.has(mac)) refused.set(mac, lockNotFound());
	for (const { mac, trackingKey } of wanted) {
		const lock = held.get(mac);
		if (lock === undefined) continue;
		try {
			rows.set(mac, await issueCredential(trx, fob, lock, trackingKey, now));
		} catch (error) {
			if (!(error instanceof CoreError)) throw error;
			refused.set(mac, error);
		}
	}
	return { rows, refused };
}

/**
 * Takes locks from a fob: the keys go off their locks with the next online unlock of each, and off
 * the fob with its next sync. Returns how many.
 */
export async function revokeTogether(
	trx: Db,
	fobId: string,
	which: (row: CredentialRow) => boolean,
	now: number
): Promise<number> {
	const doomed = (await credentialsOf(trx, fobId)).filter((row) => isLive(row) && which(row));
	const held = [];
	for (const id of doomed.map(({ lock_id }) => lock_id).sort()) held.push(await holdLock(trx, id));
	for (const lock of held)
		if (lock !== undefined) await revokeKeys(trx, lock, (row) => row.fob_id === fobId, now);
	return doomed.length;
}
