import type { Selectable } from 'kysely';
import { kindOf } from '../../protocol/noke/profile.ts';
import type { LockTable } from '../db/tables.ts';
import type { FreezableLock } from '../lock-sets.ts';
import { engages, SETTINGS_COLUMNS, settingsChange } from '../settings.ts';
import { CoreError } from './error.ts';
import type { KeyColumns } from './keys.ts';
import { isMoving } from './moves.ts';
import { asking, opens, type IssueAction, type Order } from './packets.ts';
import { thaw } from './pending.ts';
import { step, type KeySync } from './sync.ts';
import type { SyncColumns } from './sync-columns.ts';

/** Columns of a lock's row that commands are made from. */
export const ISSUE_COLUMNS = [
	'id',
	'company_id',
	'environment',
	'hardware_type',
	'firmware',
	'base_key',
	'root',
	'gen',
	'moves',
	'phase',
	'active',
	'pending',
	'pending_changes',
	'next_reference',
	'log_cursor',
	'log_seen',
	'recovery',
	'slots_used',
	'slot_changes',
	'slot_reset',
	'renew_at',
	'quick_clicks_used',
	'quick_click_changes',
	'quick_click_reset',
	'uses_asked',
	...SETTINGS_COLUMNS
] as const;

export type IssueRow = KeyColumns &
	SyncColumns &
	FreezableLock &
	Pick<Selectable<LockTable>, (typeof ISSUE_COLUMNS)[number]>;

/** Throws CoreError `cannot-unshackle`, `cannot-engage`. */
export function refuseUnable(row: IssueRow, action: IssueAction): void {
	if (action === 'unshackle' && kindOf(row.hardware_type) !== 'hd-padlock')
		throw new CoreError('cannot-unshackle', 'This lock cannot release its shackle');
	if (action === 'engage' && !engages(row))
		throw new CoreError('cannot-engage', 'This lock engages by itself only');
}

/** A set that begins to be offered by this order is empty here: its contents come from the rows. */
export function orderOf(
	row: IssueRow,
	before: KeySync,
	action: IssueAction,
	now: number
): { order: Order; sync: KeySync } {
	const { log_cursor, log_seen, pending_changes } = row;
	if (!opens(action)) {
		const restoring = action === 'restore' && before.phase === 'offered';
		const { offer } = restoring
			? step(before, { kind: 'open-requested', changes: false })
			: { offer: asking(before) };
		const pending = restoring ? thaw(pending_changes) : null;
		const reference = action === 'engage' ? engageReference(row) : 0;
		const order = { action, offer: offer!, pending, reference };
		return { order: { ...order, logsAfter: log_cursor, asksUses: false }, sync: before };
	}
	const { sync, offer } = step(before, { kind: 'open-requested', changes: waits(row, now) });
	if (offer === null) throw new CoreError('broken-pending', 'No offer for this lock');
	const pending =
		offer.writesUnder === null
			? null
			: before.phase === 'offered'
				? thaw(pending_changes)
				: { writes: [] };
	// Among several openings nobody knows which one fits, so nothing can follow it.
	const alone = offer.opensUnder.length === 1;
	const logsAfter = alone && log_seen > log_cursor ? log_cursor : null;
	const asksUses = alone && row.uses_asked === 1 && row.quick_clicks_used > 0;
	const reference = referenceOf(row);
	return { order: { action, offer, pending, reference, logsAfter, asksUses }, sync };
}

/** The one that `hold` took. */
function referenceOf({ next_reference }: IssueRow): number {
	return (next_reference + 255) % 256;
}

/** In the record of an engaged lock, 0 means that a hand did it. */
function engageReference(row: IssueRow): number {
	return referenceOf(row) || 255;
}

/** Whether something waits for this lock: a lock out of the box waits for its first keys. */
function waits(row: IssueRow, now: number): boolean {
	const { active, slot_changes, slot_reset, renew_at, quick_click_changes } = row;
	if (active === 0 || slot_changes > 0 || slot_reset === 1) return true;
	if (quick_click_changes > 0 || row.quick_click_reset === 1) return true;
	if (settingsChange(row) || isMoving(row)) return true;
	return renew_at !== null && renew_at <= now;
}
