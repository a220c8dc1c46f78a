import type { Write } from './core/pending.ts';
import { step } from './core/slot.ts';
import type { Db } from './db/connect.ts';
import type { LockTable } from './db/tables.ts';
import { DAY, leaseDays, phoneWindow, renewable } from './lease.ts';
import {
	columnsOf,
	slotOf,
	takenSlots,
	tallyOf,
	writeRows,
	type Change,
	type Tally
} from './slot-rows.ts';
import { isLive, type HeldLock } from './slots.ts';

/**
 * Puts together what the set of `epoch` does to the slots, and marks them. Windows that are half
 * over are written again for phones that are still in contact. The lock's row gets `tally` from the
 * caller, who writes it anyway.
 */
export async function freezeSlots(
	trx: Db,
	lock: Pick<HeldLock, 'id' | 'company_id' | 'slot_reset'>,
	epoch: number,
	now: number
): Promise<{ writes: Write[]; tally: Tally & { slot_reset: number } }> {
	const taken = await takenSlots(trx, lock.id);
	const due = taken.filter((row) => row.renew_at !== null && row.renew_at <= now && isLive(row));
	const days = due.length > 0 ? await leaseDays(trx, lock.company_id) : 0;
	const inContact = await renewable(trx, lock.company_id, due, now - days * DAY);
	const removes: Write[] = lock.slot_reset === 1 ? [{ kind: 'reset' }] : [];
	const sets: Write[] = [];
	const changes: Change[] = [];
	for (const row of taken) {
		const renews = due.includes(row) && inContact(row);
		const window = renews ? phoneWindow(days, now) : null;
		const { slot, write } = step(slotOf(row), { kind: 'freeze', epoch, window });
		if (write === 'remove' && lock.slot_reset === 0)
			removes.push({ kind: 'remove', slot: row.slot });
		if (write === 'set') {
			const { from, until } = slot.next ?? slot.window;
			sets.push({ kind: 'set', slot: row.slot, issue: slot.issue, from, until });
		}
		const changed = { ...row, ...columnsOf(slot) };
		// Asked again when the phone is in contact again.
		if (due.includes(row) && !renews) changed.renew_at = null;
		changes.push([row, changed]);
	}
	await writeRows(trx, lock.id, changes);
	const tally = tallyOf(changes.map(([, after]) => after));
	return { writes: [...removes, ...sets], tally: { ...tally, slot_reset: 0 } };
}

/** The lock proved the set of `epoch`: marks what it carried. Returns what the lock's row says now. */
export async function proveSlots(
	trx: Db,
	lockId: string,
	epoch: number,
	now: number
): Promise<Tally> {
	const changes: Change[] = [];
	for (const row of await takenSlots(trx, lockId)) {
		const { slot } = step(slotOf(row), { kind: 'proof', epoch });
		const changed = { ...row, ...columnsOf(slot) };
		if (slot.state === 'on-lock') changed.proven_at ??= now;
		if (slot.state === 'off') changed.off_at = now;
		changes.push([row, changed]);
	}
	await writeRows(trx, lockId, changes);
	return tallyOf(changes.map(([, after]) => after));
}

/**
 * Nobody knows any more what the lock has: every key gets another number and waits, and the next
 * set empties all slots first, so that what a lost life of the database issued opens no longer.
 */
export async function unknowSlots(
	trx: Db,
	lock: HeldLock,
	now: number
): Promise<Tally & Pick<LockTable, 'slot_reset' | 'issue_base'>> {
	const base = Math.max(lock.issue_base, Math.floor(now / 1000));
	const changes: Change[] = [];
	for (const row of await takenSlots(trx, lock.id)) {
		const issue = Math.max(row.issue, base) + 1;
		const { slot } = step(slotOf(row), { kind: 'restored', issue });
		changes.push([row, { ...row, ...columnsOf(slot), proven_at: null }]);
	}
	await writeRows(trx, lock.id, changes);
	return { ...tallyOf(changes.map(([, after]) => after)), slot_reset: 1, issue_base: base };
}
