/** Conversations in which an owner keeps their lock in order, and anyone with its key reads it. */
import type { Program } from '../program.ts';
import type { ResultName } from './answers.ts';
import { readLogs, readPasscodes, resetLock } from './exchanges.ts';
import type { AdminGrant } from './offline.ts';
import type { StoredPasscode } from './passcodes.ts';
import {
	addressOf,
	Line,
	logIn,
	resultOf,
	type Address,
	type Exchange,
	type LockEvent,
	type Reached
} from './programs.ts';
import type { LogRecord } from './records.ts';
import type { Cursor } from './writes.ts';

/** What happens during upkeep, in order. */
export type UpkeepEvent =
	| LockEvent
	/** The lock takes us for its owner. */
	| { kind: 'logged-in' }
	/** Exchange `index` of `of` was answered. */
	| { kind: 'performed'; index: number; of: number; result: ResultName }
	/** Records of the log, and the cursor behind them; must be on disk before the next are asked for. */
	| { kind: 'records'; records: readonly LogRecord[]; next: number }
	/** The cursor was too old: the log is read again from its oldest record. */
	| { kind: 'from-the-start' }
	/** Passcodes of the lock, as many as one answer holds. */
	| { kind: 'passcodes'; passcodes: readonly StoredPasscode[] };

/** How upkeep ended; `refused` with the lock's reason. */
export type UpkeepEnd =
	{ end: 'finished' | 'silent' | 'gone' } | { end: 'refused'; result: ResultName };

/** What came of several exchanges: one result each, as far as they were reached. */
export type Performed<T> = UpkeepEnd & { reached: readonly Reached<T>[] };

/**
 * Logs in and has one exchange after the other. A refused one does not stop the next; an unanswered
 * one does, and is the last in `reached`: what it asked for may have happened.
 */
export function* perform<T>(
	admin: AdminGrant,
	exchanges: readonly Exchange<T>[]
): Program<UpkeepEvent, Performed<T>> {
	const line = new Line(addressOf(admin));
	const known = yield* logIn(line, admin);
	if (known.kind !== 'done') return { ...endOf(known), reached: [] };
	yield { tell: { kind: 'logged-in' } };
	return yield* inTurn(line, exchanges);
}

/** The same without logging in: what anyone may ask who has the lock's AES key. */
export function* inquire<T>(
	address: Address,
	exchanges: readonly Exchange<T>[]
): Program<UpkeepEvent, Performed<T>> {
	return yield* inTurn(new Line(address), exchanges);
}

function* inTurn<T>(
	line: Line,
	exchanges: readonly Exchange<T>[]
): Program<UpkeepEvent, Performed<T>> {
	const reached: Reached<T>[] = [];
	for (const [index, exchange] of exchanges.entries()) {
		const one = yield* line.ask(exchange);
		reached.push(one);
		if (one.kind === 'silent' || one.kind === 'gone') return { end: one.kind, reached };
		const result = resultOf(one);
		yield { tell: { kind: 'performed', index, of: exchanges.length, result } };
	}
	return { end: 'finished', reached };
}

/** Every passcode in the lock. */
export function* listAll(
	admin: AdminGrant
): Program<UpkeepEvent, UpkeepEnd & { passcodes: readonly StoredPasscode[] }> {
	const line = new Line(addressOf(admin));
	const passcodes: StoredPasscode[] = [];
	const known = yield* logIn(line, admin);
	if (known.kind !== 'done') return { ...endOf(known), passcodes };
	yield { tell: { kind: 'logged-in' } };
	// A lock whose pages never end must not hold us: no page comes twice.
	const seen = new Set<number>();
	for (let next: number | null = 0; next !== null && !seen.has(next);) {
		seen.add(next);
		const page: Reached<{ next: number | null; passcodes: readonly StoredPasscode[] }> =
			yield* line.ask(readPasscodes(next));
		if (page.kind !== 'done') return { ...endOf(page), passcodes };
		passcodes.push(...page.value.passcodes);
		yield { tell: { kind: 'passcodes', passcodes: page.value.passcodes } };
		next = page.value.next;
	}
	return { end: 'finished', passcodes };
}

/** Pages that are read in one go: twice what a lock's log holds. */
const MOST_PAGES = 1_000;

/**
 * Reads the log behind a cursor, page by page; needs no login. A cursor that the lock no longer knows
 * begins again at the oldest record: who has seen a record knows it by its id and time.
 * @param from 0 for all of it; `unread` moves the lock's own bookmark, and a page that is lost on the
 * way is lost for this cursor
 * @returns the cursor for the next time
 */
export function* readLog(
	address: Address,
	from: Cursor
): Program<UpkeepEvent, UpkeepEnd & { cursor: Cursor }> {
	const line = new Line(address);
	let cursor = from;
	let restarted = false;
	for (let pages = 0; pages < MOST_PAGES; pages++) {
		let page = yield* line.ask(readLogs(cursor, cursor !== 'unread'));
		// Twice the same strange record is no noise, but a form that is not public.
		if (page.kind === 'silent' && cursor !== 'unread')
			page = yield* line.ask(readLogs(cursor, false));
		if (page.kind === 'refused' && cursor !== 'unread' && cursor !== 0 && !restarted) {
			restarted = true;
			cursor = 0;
			yield { tell: { kind: 'from-the-start' } };
			continue;
		}
		if (page.kind !== 'done') return { ...endOf(page), cursor };
		const { next, records } = page.value;
		if (next === null || (next === cursor && records.length === 0)) break;
		yield { tell: { kind: 'records', records, next } };
		if (cursor !== 'unread') cursor = next;
	}
	return { end: 'finished', cursor };
}

/**
 * Gives the lock back to whoever pairs it next. `maybe` when the link ended after the command was
 * written: its advertisement tells, by the flag of the setting mode.
 */
export function* release(
	admin: AdminGrant
): Program<UpkeepEvent, { end: 'released' | 'maybe' | 'silent' | 'gone' } | UpkeepEnd> {
	const line = new Line(addressOf(admin));
	const known = yield* logIn(line, admin);
	if (known.kind !== 'done') return endOf(known);
	yield { tell: { kind: 'logged-in' } };
	yield { tell: { kind: 'writing', index: 2 } };
	const done = yield* line.ask(resetLock());
	if (done.kind === 'refused') return endOf(done);
	return { end: done.kind === 'done' ? 'released' : 'maybe' };
}

function endOf(reached: Exclude<Reached<unknown>, { kind: 'done' }>): UpkeepEnd {
	return reached.kind === 'refused'
		? { end: 'refused', result: reached.result }
		: { end: reached.kind };
}
