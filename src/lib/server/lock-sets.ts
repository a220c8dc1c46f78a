import { latest } from './core/held.ts';
import type { Write } from './core/pending.ts';
import type { Db } from './db/connect.ts';
import type { LockTable } from './db/tables.ts';
import { freezeQuickClicks, proveQuickClicks, unknowQuickClicks } from './core/quick-click-sets.ts';
import { freezeSlots, proveSlots, unknowSlots } from './slot-sets.ts';
import type { HeldLock } from './slots.ts';
import { engages, settingsOf, settle, type SettingsColumns } from './settings.ts';

/** What else a lock's row says when a set of changes begins, is proven, or is forgotten. */
type Columns = Partial<LockTable>;

/** What of a lock's row a set is put together from. */
export type FreezableLock = SettingsColumns &
	Pick<
		HeldLock,
		'id' | 'company_id' | 'slot_reset' | 'quick_click_reset' | 'quick_clicks_used' | 'slots_used'
	>;

/**
 * Puts together what the set of `epoch` changes, in the order the lock gets it, and marks what it
 * carries: at most 100 slots, 100 quick clicks, the settings, and what empties them before, so that
 * one session has ids for it. The caller, who writes the lock's row anyway, writes `columns`.
 */
export async function freezeChanges(
	trx: Db,
	lock: FreezableLock,
	epoch: number,
	now: number
): Promise<{ writes: Write[]; columns: Columns }> {
	const slots = await freezeSlots(trx, lock, epoch, now);
	const codes = hasCodes(lock) ? await freezeQuickClicks(trx, lock, epoch, now) : NO_CODES;
	const settings = settle(lock, { kind: 'freeze', epoch, content: null });
	return {
		writes: [...slots.removes, ...codes.clears, ...slots.sets, ...codes.sets, ...settings.writes],
		columns: { ...slots.tally, ...codes.tally, ...settings.columns }
	};
}

const NO_CODES = { clears: [], sets: [], tally: {} };

function hasCodes(lock: FreezableLock): boolean {
	return lock.quick_clicks_used > 0 || lock.quick_click_reset === 1;
}

/** The lock proved the set of `epoch`: marks what it carried. */
export async function proveChanges(
	trx: Db,
	lock: FreezableLock & Pick<LockTable, 'unknown_since'>,
	epoch: number,
	now: number
): Promise<Columns> {
	const slots = lock.slots_used > 0 ? await proveSlots(trx, lock.id, epoch, now) : {};
	const codes = lock.quick_clicks_used > 0 ? await proveQuickClicks(trx, lock, epoch, now) : {};
	const settings = settle(lock, { kind: 'proof', epoch });
	// The first set after a restore empties the lock before anything else.
	return { ...slots, ...codes, ...settings.columns, unknown_since: null };
}

/** Nobody knows any more what the lock has: all that it is to have waits anew. */
export async function unknowChanges(trx: Db, lock: HeldLock, now: number): Promise<Columns> {
	const slots = await unknowSlots(trx, lock, now);
	const codes = await unknowQuickClicks(trx, lock.id, now);
	const content = latest(settingsOf(lock));
	// Settings are not sent to hardware that has none: it would refuse the whole set.
	const settings = engages(lock) ? settle(lock, { kind: 'restored', content }).columns : {};
	return { ...slots, ...codes, ...settings, unknown_since: now };
}
