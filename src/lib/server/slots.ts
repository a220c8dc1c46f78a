import type { Selectable } from 'kysely';
import { CoreError } from './core/error.ts';
import { isLive, issued, step } from './core/held.ts';
import { widest, type Window } from './core/slot.ts';
import { revokeCredentials } from './credentials.ts';
import type { Db } from './db/connect.ts';
import type { SlotTable } from './db/slot-tables.ts';
import type { LockTable } from './db/tables.ts';
import { notFound } from './error.ts';
import {
	columnsOf,
	slotOf,
	takenSlots,
	writeRows,
	writeTally,
	type Change,
	type SlotRow
} from './slot-rows.ts';
import { SETTINGS_COLUMNS } from './settings.ts';

/** Columns of a lock's row that what it holds depends on. */
export const HELD_COLUMNS = [
	'id',
	'company_id',
	'environment',
	'mac',
	'hardware_type',
	'firmware',
	'phase',
	'log_seen',
	'slots_used',
	'slot_reset',
	'issue_base',
	'quick_clicks_used',
	'quick_click_reset',
	...SETTINGS_COLUMNS
] as const;

/** A lock's row as far as that goes; whoever has it has held the row in this transaction. */
export type HeldLock = Pick<Selectable<LockTable>, (typeof HELD_COLUMNS)[number]>;

/** Slots of a lock. */
export const SLOTS = 100;

/** Whom a key is issued for. */
export interface NewKey extends Pick<
	SlotTable,
	'holder' | 'tracking_key' | 'user_id' | 'phone_id' | 'fob_id'
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
		.returning(HELD_COLUMNS)
		.executeTakeFirst();
}

/** The same by its MAC. Throws ServerError `not-found`. */
export async function holdLockAt(trx: Db, companyId: string, mac: string): Promise<HeldLock> {
	const found = await trx
		.selectFrom('lock')
		.select('id')
		.where('company_id', '=', companyId)
		.where('mac', '=', mac)
		.executeTakeFirst();
	const lock = found && (await holdLock(trx, found.id));
	if (lock === undefined) throw notFound();
	return lock;
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
	switch (key.holder) {
		case 'phone':
			return row.user_id === key.user_id && row.phone_id === key.phone_id;
		case 'fob':
			return row.fob_id === key.fob_id;
		case 'key':
			return row.tracking_key === key.tracking_key;
	}
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
	const { slot, issue, holder, tracking_key, user_id, phone_id, fob_id, window } = key;
	return {
		lock_id: lock.id,
		company_id: lock.company_id,
		slot,
		holder,
		tracking_key,
		user_id,
		phone_id,
		fob_id,
		issued_at: now,
		replaced_at: null,
		proven_at: null,
		revoked_at: null,
		off_at: null,
		wiped_at: null,
		...columnsOf(issued({ issue, window }))
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
		const slot = slotOf(row);
		const unknown = lock.slot_reset === 1;
		const { held } = step(slot, { kind: 'revoke', unknown, content: widest(slot) });
		const off_at = held.state === 'off' ? now : null;
		return [row, { ...row, ...columnsOf(held), revoked_at: now, off_at }];
	});
	const revoked = changes.filter(([before, after]) => before !== after).map(([, after]) => after);
	if (revoked.length === 0) return revoked;
	await writeRows(trx, lock.id, changes);
	await writeTally(
		trx,
		lock.id,
		changes.map(([, after]) => after)
	);
	await revokeCredentials(trx, lock.id, revoked, now);
	return revoked;
}
