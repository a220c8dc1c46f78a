import { PRESSES, QUICK_CLICKS, UNLIMITED } from '../../protocol/noke/quick-clicks.ts';
import { isLive, issued, latest, step } from './held.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import {
	fullUses,
	quickClickTally,
	takenQuickClicks,
	usesColumns,
	usesOf,
	writeQuickClicks,
	type QuickClickRow
} from '../quick-click-rows.ts';
import type { HeldLock } from '../slots.ts';

/** What became of one code of a request: how it stands now, or why it did not work. */
export type CodeOutcome = { row: QuickClickRow } | { code: string; message: string };

/**
 * Issues codes of one lock, or changes how often those that it has may be used. Each stands or
 * falls by itself; a code that comes twice is taken twice.
 */
export async function issueCodes(
	trx: Db,
	lock: HeldLock,
	wanted: readonly { code: string; uses: number; name?: string }[],
	now: number
): Promise<CodeOutcome[]> {
	return changeCodes(trx, lock, async (rows) => {
		const free = await freePositions(trx, lock.id, rows);
		return wanted.map(({ code, uses, name = '' }) => {
			const message = mistakeIn(code) ?? mistakeInUses(uses);
			if (message !== null) return { code, message };
			const at = rows.findIndex((row) => row.code === code);
			const row = rows[at];
			if (row === undefined) {
				const position = free.shift();
				if (position === undefined)
					return { code, message: `lock already has ${QUICK_CLICKS} quick clicks` };
				// Ids keep the order of issue.
				rows.push(newRow(lock, { code, uses, position, name }, now, newId(now + rows.length)));
				return { row: rows.at(-1)! };
			}
			if (!isLive(row))
				return { code, message: 'code is revoked and can be reused once it is off the lock' };
			const held = usesOf(row);
			const { left, start } = latest(held);
			if (left === uses && start === uses) return { row };
			const changed = step(held, { kind: 'change', content: fullUses(uses) }).held;
			rows[at] = { ...row, ...usesColumns(changed) };
			return { row: rows[at] };
		});
	});
}

/** Revokes codes of one lock; one that is revoked already stays as it is. */
export async function revokeCodes(
	trx: Db,
	lock: HeldLock,
	codes: readonly string[],
	now: number
): Promise<CodeOutcome[]> {
	return changeCodes(trx, lock, (rows) =>
		codes.map((code) => {
			const at = rows.findIndex((row) => row.code === code);
			const row = rows[at];
			if (row === undefined) return { code, message: 'code is not on this lock' };
			if (isLive(row)) rows[at] = revoked(lock, row, now);
			return { row: rows[at]! };
		})
	);
}

/** Works on a copy of the lock's rows, then writes what has changed. */
async function changeCodes(
	trx: Db,
	lock: HeldLock,
	work: (rows: QuickClickRow[]) => CodeOutcome[] | Promise<CodeOutcome[]>
): Promise<CodeOutcome[]> {
	const before = await takenQuickClicks(trx, lock.id);
	const rows = [...before];
	const outcomes = await work(rows);
	await writeQuickClicks(trx, before, rows.slice(0, before.length));
	const added = rows.slice(before.length);
	if (added.length > 0) await trx.insertInto('quick_click').values(added).execute();
	const tally = quickClickTally(rows);
	await trx.updateTable('lock').set(tally).where('id', '=', lock.id).execute();
	// A code that came twice stands as it was left at the end.
	const last = new Map(rows.map((row) => [row.id, row]));
	return outcomes.map((one) => ('row' in one ? { row: last.get(one.row.id)! } : one));
}

function revoked(lock: HeldLock, row: QuickClickRow, now: number): QuickClickRow {
	const held = usesOf(row);
	const unknown = lock.quick_click_reset === 1;
	const after = step(held, { kind: 'revoke', unknown, content: held.content }).held;
	const off_at = after.state === 'off' ? now : null;
	return { ...row, ...usesColumns(after), revoked_at: now, off_at };
}

/** Why a code cannot be, in the words of the API; null when it can. */
function mistakeIn(code: string): string | null {
	const { least, most } = PRESSES;
	if (code.length < least || code.length > most)
		return `code must be between ${least} and ${most} characters`;
	return /^[01]+$/.test(code) ? null : "code must be a series of 1's and 0's";
}

function mistakeInUses(uses: number): string | null {
	if (uses > UNLIMITED) return `use count can't be greater than ${UNLIMITED}`;
	if (uses < 1) return "use count can't be less than 1";
	return Number.isInteger(uses) ? null : 'use count must be a whole number';
}

/** Those never used first, then those that went off longest ago: records of the past stay clear. */
async function freePositions(
	trx: Db,
	lockId: string,
	taken: readonly QuickClickRow[]
): Promise<number[]> {
	const used = await trx
		.selectFrom('quick_click')
		.select(['position', (e) => e.fn.max('off_at').as('off_at')])
		.where('lock_id', '=', lockId)
		.groupBy('position')
		.execute();
	const last = new Map(used.map(({ position, off_at }) => [position, off_at ?? 0]));
	const held = new Set(taken.map(({ position }) => position));
	return Array.from({ length: QUICK_CLICKS }, (_, i) => i + 1)
		.filter((position) => !held.has(position))
		.sort((a, b) => (last.get(a) ?? 0) - (last.get(b) ?? 0) || a - b);
}

function newRow(
	lock: HeldLock,
	{ uses, ...code }: { code: string; name: string; uses: number; position: number },
	now: number,
	id: string
): QuickClickRow {
	return {
		id,
		lock_id: lock.id,
		company_id: lock.company_id,
		...code,
		...usesColumns(issued(fullUses(uses))),
		counted_to: lock.log_seen,
		issued_at: now,
		proven_at: null,
		revoked_at: null,
		off_at: null
	};
}
