import { UNLIMITED } from '../../protocol/noke/quick-clicks.ts';
import { isLive, step } from './held.ts';
import type { Write } from './pending.ts';
import type { Db } from '../db/connect.ts';
import type { LockTable } from '../db/tables.ts';
import {
	quickClickTally,
	takenQuickClicks,
	usesColumns,
	usesOf,
	writeQuickClicks,
	type QuickClickRow,
	type QuickClickTally
} from '../quick-click-rows.ts';
import type { HeldLock } from '../slots.ts';

/**
 * Puts together what the set of `epoch` does to the quick clicks, and marks them. A code whose last
 * use was told of while it waited to be written again is taken away: no lock takes one without uses,
 * and would refuse the whole set.
 */
export async function freezeQuickClicks(
	trx: Db,
	lock: Pick<HeldLock, 'id' | 'quick_click_reset'>,
	epoch: number,
	now: number
): Promise<{
	clears: Write[];
	sets: Write[];
	tally: QuickClickTally & Pick<LockTable, 'quick_click_reset'>;
}> {
	const all = lock.quick_click_reset === 1;
	const clears: Write[] = all ? [{ kind: 'clear-quick-click', position: 0 }] : [];
	const sets: Write[] = [];
	const before = await takenQuickClicks(trx, lock.id);
	const after = before.map((taken) => {
		const row = isSpent(taken) ? withdrawn(taken, now) : taken;
		const { position, code } = row;
		const { held, write } = step(usesOf(row), { kind: 'freeze', epoch, content: null });
		if (write === 'remove' && !all) clears.push({ kind: 'clear-quick-click', position });
		if (write === 'set') {
			const { left: uses, capped } = held.next ?? held.content;
			sets.push({ kind: 'quick-click', position, code, uses, capped });
		}
		return { ...row, ...usesColumns(held) };
	});
	await writeQuickClicks(trx, before, after);
	return { clears, sets, tally: { ...quickClickTally(after), quick_click_reset: 0 } };
}

/**
 * The lock proved the set of `epoch`: marks what it carried. How many uses a code that was there
 * before has now, the lock is asked: some may have been spent while the set was on its way. After a
 * restore it is asked about every code: records of one that nobody remembers may still come.
 */
export async function proveQuickClicks(
	trx: Db,
	{ id, unknown_since }: Pick<LockTable, 'id' | 'unknown_since'>,
	epoch: number,
	now: number
): Promise<QuickClickTally & Partial<Pick<LockTable, 'uses_asked'>>> {
	let asked = false;
	const before = await takenQuickClicks(trx, id);
	const after = before.map((row) => {
		const held = usesOf(row);
		const proven = step(held, { kind: 'proof', epoch }).held;
		if (proven === held) return row;
		const { content } = proven;
		const unsure = unknown_since !== null || content.capped || held.next !== null;
		if (content.left !== UNLIMITED && unsure) asked = true;
		const changed = {
			...row,
			...usesColumns({ ...proven, content: { ...content, capped: false } })
		};
		if (proven.state === 'on-lock') changed.proven_at ??= now;
		if (proven.state === 'off') changed.off_at = now;
		return changed;
	});
	await writeQuickClicks(trx, before, after);
	return { ...quickClickTally(after), ...(asked ? { uses_asked: 1 } : {}) };
}

/**
 * Nobody knows any more what the lock has: the next set clears all codes and writes them again,
 * without giving back a use that was spent. One that is used up here is used up there.
 */
export async function unknowQuickClicks(
	trx: Db,
	lockId: string,
	now: number
): Promise<QuickClickTally & Pick<LockTable, 'quick_click_reset'>> {
	const before = await takenQuickClicks(trx, lockId);
	const after = before.map((row) => {
		const held = usesOf(row);
		const { content, next, wanted } = held;
		// Of one without end there is nothing to give back.
		const kept = wanted ?? next ?? { ...content, capped: content.left !== UNLIMITED };
		if (isLive(row) && kept.left === 0) return { ...withdrawn(row, now), proven_at: null };
		const restored = step(held, { kind: 'restored', content: kept });
		return { ...row, ...usesColumns(restored.held), proven_at: null };
	});
	await writeQuickClicks(trx, before, after);
	return { ...quickClickTally(after), quick_click_reset: 1 };
}

/** Waits to be written, and has nothing left that could be. */
function isSpent({ state, frozen, uses }: QuickClickRow): boolean {
	return state === 'waiting' && frozen === null && uses === 0;
}

/** To be taken off the lock, which may have it. */
function withdrawn(row: QuickClickRow, now: number): QuickClickRow {
	const held = usesOf(row);
	const revoked = step(held, { kind: 'revoke', unknown: true, content: held.content });
	return { ...row, ...usesColumns(revoked.held), revoked_at: now };
}
