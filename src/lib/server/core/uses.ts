import type { Updateable } from 'kysely';
import { RESULTS } from '../../protocol/noke/answers.ts';
import { OPCODE } from '../../protocol/noke/commands.ts';
import { UNLIMITED, type QuickClickLeft } from '../../protocol/noke/quick-clicks.ts';
import type { Db } from '../db/connect.ts';
import type { LockTable } from '../db/tables.ts';
import { writeQuickClicks, type QuickClickRow } from '../quick-click-rows.ts';
import { isNews } from './learn.ts';
import type { ActivityRow, LockRow } from './read.ts';
import { oldestKept, type Said } from './said.ts';

/**
 * Counts down the uses of quick clicks by the lock's records, each once; what the lock itself
 * counts, when it was asked, stands above that. When a count may be wrong, the lock is asked with
 * the next opening.
 * @param row the lock's row as it was before this was heard
 * @param active the epoch that is proven now
 */
export async function countUses(
	trx: Db,
	row: LockRow,
	active: number,
	said: readonly Said[],
	fresh: readonly ActivityRow[]
): Promise<Updateable<LockTable>> {
	const openings = fresh.filter(({ event }) => event.position !== null);
	const answers = answersIn(row, active, said, fresh);
	// A power cut can spend a use that no record tells of.
	const lost =
		(oldestKept(said) ?? 0) > row.log_cursor + 1 ||
		fresh.some(({ event }) => event.action === 'start_up');
	const wasAsked = said.some((one) => isAnswer(one) && isNews(one, fresh));
	if (openings.length === 0 && !wasAsked) return lost ? { uses_asked: 1 } : {};
	const before = await trx
		.selectFrom('quick_click')
		.selectAll()
		.where('lock_id', '=', row.id)
		.execute();
	const after = before.map((one) => answered(one, answers));
	const { unknown_since } = row;
	const doubt = openings.filter((one) => !countDown(after, one, unknown_since)).length > 0;
	await writeQuickClicks(trx, before, after);
	if (lost || doubt) return { uses_asked: 1 };
	const counted = after.filter((one) => one.state === 'on-lock' && one.uses !== UNLIMITED);
	const isKnown = wasAsked && counted.every(({ code }) => answers.has(code));
	return isKnown ? { uses_asked: 0 } : {};
}

/** The lock was asked, and answers; of codes that it does not count it says nothing more. */
function isAnswer({ acknowledgement: said }: Said): boolean {
	return said?.opcode === OPCODE.getQuickClicks && said.result === RESULTS.success.code;
}

/**
 * What the lock said is left, by code. An answer of another epoch is about other codes, and one
 * that is older than a record that was counted already would give that use back.
 */
function answersIn(
	row: LockRow,
	active: number,
	said: readonly Said[],
	fresh: readonly ActivityRow[]
): Map<string, QuickClickLeft> {
	const answers = new Map<string, QuickClickLeft>();
	for (const one of said) {
		const { quickClick, epoch } = one;
		if (quickClick === null || epoch !== active || !isNews(one, fresh)) continue;
		if (quickClick.counter < row.log_seen) continue;
		const known = answers.get(quickClick.code);
		if (known === undefined || known.counter <= quickClick.counter)
			answers.set(quickClick.code, quickClick);
	}
	return answers;
}

function answered(one: QuickClickRow, answers: ReadonlyMap<string, QuickClickLeft>): QuickClickRow {
	const answer = answers.get(one.code);
	const isThere = one.state === 'on-lock' || one.state === 'revoking';
	if (answer === undefined || !isThere || one.position !== answer.position) return one;
	return { ...one, uses: answer.uses, counted_to: answer.counter };
}

/**
 * Counts one opening down; false when it may have been by another code: by either of two, or, since a
 * restore, by one that nobody remembers in the position of one that was issued after it.
 */
function countDown(
	rows: QuickClickRow[],
	{ event, start, end }: ActivityRow,
	unknownSince: number | null
): boolean {
	const then = rows.filter(
		({ position, issued_at, off_at, counted_to }) =>
			position === event.position &&
			event.counter > counted_to &&
			issued_at < end + 1000 &&
			(off_at === null || off_at >= start)
	);
	const [one] = then;
	if (one !== undefined && unknownSince !== null && one.issued_at >= unknownSince) return false;
	if (one !== undefined && then.length === 1 && one.uses !== UNLIMITED && one.uses > 0)
		rows[rows.indexOf(one)] = { ...one, uses: one.uses - 1 };
	return then.length < 2;
}
