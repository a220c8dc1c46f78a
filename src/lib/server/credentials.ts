import { isLive, latest, step } from './core/held.ts';
import type { Db } from './db/connect.ts';
import {
	credentialsOf,
	holdFob,
	issueColumns,
	issueOf,
	writeCredential,
	type CredentialRow
} from './fob-rows.ts';
import { slotOf, type SlotRow } from './slot-rows.ts';

/** Keys of a held lock were revoked: the fobs among their holders are to lose them too. */
export async function revokeCredentials(
	trx: Db,
	lockId: string,
	revokedSlots: readonly SlotRow[],
	now: number
): Promise<void> {
	await changeCredentials(trx, lockId, revokedSlots, (row) => {
		const held = issueOf(row);
		// What was on the fob before a restore may be there still.
		const event = {
			kind: 'revoke',
			unknown: row.proven_at !== null,
			content: latest(held)
		} as const;
		const after = step(held, event).held;
		const off_at = after.state === 'off' ? now : null;
		return { ...row, ...issueColumns(after), revoked_at: now, off_at };
	});
}

/** Keys of a held lock have other values: the fobs among their holders are to get them. */
export async function followKeys(
	trx: Db,
	lockId: string,
	changedSlots: readonly SlotRow[]
): Promise<void> {
	await changeCredentials(trx, lockId, changedSlots, (row, slot) => {
		const content = latest(slotOf(slot)).issue;
		return { ...row, ...issueColumns(step(issueOf(row), { kind: 'change', content }).held) };
	});
}

async function changeCredentials(
	trx: Db,
	lockId: string,
	slots: readonly SlotRow[],
	change: (row: CredentialRow, slot: SlotRow) => CredentialRow
): Promise<void> {
	const ofFobs = slots.filter(({ holder }) => holder === 'fob');
	const fobs = new Set(ofFobs.flatMap(({ fob_id }) => fob_id ?? []));
	for (const fobId of [...fobs].sort()) {
		if ((await holdFob(trx, fobId)) === undefined) continue;
		for (const row of await credentialsOf(trx, fobId)) {
			const slot = ofFobs.find((one) => one.fob_id === fobId && one.slot === row.slot);
			if (row.lock_id !== lockId || slot === undefined || !isLive(row)) continue;
			await writeCredential(trx, row, change(row, slot));
		}
	}
}
