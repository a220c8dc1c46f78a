import type { Selectable } from 'kysely';
import { CoreError } from './core/error.ts';
import { issued, step, type Window } from './core/slot.ts';
import type { Db } from './db/connect.ts';
import type { SlotTable } from './db/slot-tables.ts';
import type { LockTable } from './db/tables.ts';
import {
	columnsOf,
	slotOf,
	takenSlots,
	writeRows,
	writeTally,
	type Change,
	type SlotRow
} from './slot-rows.ts';

/** What of a lock's row its slots need; whoever has it has held the row in this transaction. */
export type HeldLock = Pick<
	Selectable<LockTable>,
	'id' | 'company_id' | 'mac' | 'slot_reset' | 'issue_base'
>;

/** Slots of a lock. */
export const SLOTS = 100;

/** Whom a key is issued for. */
export interface NewKey extends Pick<
	SlotTable,
	'holder' | 'tracking_key' | 'user_id' | 'phone_id'
> {
	window: Window;
}

/**
 * Holds the lock's row until the transaction ends: one writer per lock. Hold several in the order
 * of their ids. Undefined when it is gone.
 */
export async function holdLock(trx: Db, id: string): Promise<HeldLock | undefined> {
	return trx
		.updateTable('lock')
		.set((e) => ({ active: e.ref('active') }))
		.where('id', '=', id)
		.returning(['id', 'company_id', 'mac', 'slot_reset', 'issue_base'])
		.executeTakeFirst();
}

/** A key that may be given out: issued and not revoked. */
export function isLive({ state }: Pick<SlotRow, 'state'>): boolean {
	return state === 'waiting' || state === 'on-lock';
}

/**
 * Keys of one lock, in the order asked for; who has one keeps it. A slot is given again only when
 * its last key is proven off. Throws CoreError `lock-full`, and then nothing may be kept.
 */
export async function issueKeys(
	trx: Db,
	lock: HeldLock,
	wanted: readonly NewKey[],
	now: number
): Promise<SlotRow[]> {
	const taken = await takenSlots(trx, lock.id);
	const keys = wanted.map((key) => taken.find((row) => isLive(row) && isOf(row, key)));
	const missing = wanted.filter((_, i) => keys[i] === undefined);
	if (missing.length === 0) return keys as SlotRow[];
	if (taken.length + missing.length > SLOTS) throw lockFull(lock, taken, missing.length);
	const free = await freeSlots(trx, lock.id, taken);
	const rows = missing.map((key, i) => {
		const { slot, issue } = free[i]!;
		return newRow(lock, { ...key, slot, issue: Math.max(issue, lock.issue_base) + 1 }, now);
	});
	await trx.insertInto('slot').values(rows).execute();
	await writeTally(trx, lock.id, [...taken, ...rows]);
	let next = 0;
	return keys.map((key) => key ?? rows[next++]!);
}

function isOf(row: SlotRow, key: NewKey): boolean {
	if (row.holder !== key.holder) return false;
	return key.holder === 'phone'
		? row.user_id === key.user_id && row.phone_id === key.phone_id
		: row.tracking_key === key.tracking_key;
}

function lockFull({ mac }: HeldLock, taken: readonly SlotRow[], wanted: number): CoreError {
	const waiting = taken.filter(({ state }) => state === 'revoking').length;
	const rest =
		waiting > 0 ? `; ${waiting} of them are revoked and wait for its next online unlock` : '';
	const message = `${mac} has ${SLOTS} key slots, ${taken.length} are taken, ${wanted} more were asked for${rest}`;
	return new CoreError('lock-full', message);
}

/** Free slots with the last issue number of each: the least used first, so that records of the past stay clear. */
async function freeSlots(trx: Db, lockId: string, taken: readonly SlotRow[]) {
	const used = await trx
		.selectFrom('slot')
		.select(['slot', (e) => e.fn.max('issue').as('issue')])
		.where('lock_id', '=', lockId)
		.groupBy('slot')
		.execute();
	const last = new Map(used.map(({ slot, issue }) => [slot, issue]));
	const held = new Set(taken.map(({ slot }) => slot));
	return Array.from({ length: SLOTS }, (_, i) => ({ slot: i + 1, issue: last.get(i + 1) ?? 0 }))
		.filter(({ slot }) => !held.has(slot))
		.sort((a, b) => a.issue - b.issue || a.slot - b.slot);
}

function newRow(
	lock: HeldLock,
	key: NewKey & { slot: number; issue: number },
	now: number
): SlotRow {
	const { slot, issue, holder, tracking_key, user_id, phone_id, window } = key;
	return {
		lock_id: lock.id,
		company_id: lock.company_id,
		slot,
		holder,
		tracking_key,
		user_id,
		phone_id,
		issued_at: now,
		proven_at: null,
		revoked_at: null,
		off_at: null,
		wiped_at: null,
		...columnsOf(issued(issue, window))
	};
}

/** Revokes those of these live keys that are not yet; returns them as they are now. */
export async function revokeKeys(
	trx: Db,
	lock: HeldLock,
	which: (row: SlotRow) => boolean,
	now: number
): Promise<SlotRow[]> {
	const changes = (await takenSlots(trx, lock.id)).map((row): Change => {
		if (!isLive(row) || !which(row)) return [row, row];
		const { slot } = step(slotOf(row), { kind: 'revoke', unknown: lock.slot_reset === 1 });
		const off_at = slot.state === 'off' ? now : null;
		return [row, { ...row, ...columnsOf(slot), revoked_at: now, off_at }];
	});
	const revoked = changes.filter(([before, after]) => before !== after).map(([, after]) => after);
	if (revoked.length === 0) return revoked;
	await writeRows(trx, lock.id, changes);
	await writeTally(
		trx,
		lock.id,
		changes.map(([, after]) => after)
	);
	return revoked;
}
