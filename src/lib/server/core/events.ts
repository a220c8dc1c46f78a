import type { ActivityAction } from '../../api/app/activity.ts';
import { RESULTS } from '../../protocol/noke/answers.ts';
import { OPCODE } from '../../protocol/noke/commands.ts';
import { RECORD_ACTION, type LogRecord } from '../../protocol/noke/records.ts';
import type { LockTable } from '../db/tables.ts';
import { REFERENCED } from './packets.ts';
import { cipheredPart, type IssuedRow, type Said } from './said.ts';

/** A record of a lock's log on its way to the activity. Times in milliseconds since 1970. */
export interface LockEvent {
	counter: number;
	action: ActivityAction;
	/** By the lock's clock, or null when that was unknown. */
	time: number | null;
	/** When the phone received it. */
	recordedAt: number;
	/** Named by the lock as the one that opened, or null. */
	reference: number | null;
	/** The number may be a slot as well: only commands of the same session can tell. */
	doubtful: boolean;
	slot: number | null;
	/** Of the quick click that opened, or was to. */
	position: number | null;
	/** What the record says of the shackle. */
	state: LockTable['state'];
	/** In which the lock told of it. */
	session: string;
	/** It is the opening that a slot's key was used for in that session. */
	own: boolean;
}

interface Meaning {
	action: ActivityAction;
	/** `engaged`: the reference of an engage, or 0 for a hand. */
	who?: 'reference' | 'slot' | 'either' | 'position' | 'engaged';
	state?: NonNullable<LockTable['state']>;
}

/** What the numbers of docs/lock-scheme.md section 6 are in the words of the Core API. */
const MEANINGS = new Map<number, Meaning>([
	[RECORD_ACTION.unlocked, { action: 'unlocked', who: 'reference', state: 'open' }],
	[RECORD_ACTION.unlockedBySlot, { action: 'unlocked', who: 'slot', state: 'open' }],
	[RECORD_ACTION.locked, { action: 'locked', who: 'engaged', state: 'closed' }],
	[RECORD_ACTION.setupUnlocked, { action: 'setup_unlocked', who: 'reference', state: 'open' }],
	[RECORD_ACTION.failedUnlock, { action: 'failed_unlock', who: 'either' }],
	[RECORD_ACTION.startUp, { action: 'start_up' }],
	[RECORD_ACTION.buttonTouched, { action: 'button_touched' }],
	[RECORD_ACTION.unshackled, { action: 'unlocked', who: 'reference', state: 'unshackled' }],
	[RECORD_ACTION.alarmTriggered, { action: 'alarm_triggered' }],
	[
		RECORD_ACTION.unlockedByQuickClick,
		{ action: 'unlocked_via_quick_click', who: 'position', state: 'open' }
	],
	[RECORD_ACTION.failedQuickClick, { action: 'failed_unlock', who: 'position' }]
]);

const UNKNOWN: Meaning = { action: 'unknown' };

/**
 * The records among what a lock said, each counter once, in the lock's order.
 * @param since when the lock was added
 */
export function eventsOf(
	said: readonly Said[],
	{ since, now }: { since: number; now: number }
): LockEvent[] {
	const events = new Map<number, LockEvent>();
	const tries = triesOf(said);
	for (const { record, at, session } of said) {
		if (record === null || events.has(record.counter)) continue;
		const { action, who: what, state } = MEANINGS.get(record.action) ?? UNKNOWN;
		const tried = tries.get(session);
		const isOwn = tried?.counter === record.counter && tried.slot === record.who;
		const who = what === 'either' && isOwn && !tried.opened ? 'slot' : what;
		// A lock's clock that runs fast must not log the future.
		const time = record.time === 0 ? null : Math.min(record.time * 1000, now);
		events.set(record.counter, {
			counter: record.counter,
			action,
			time,
			// Nothing is heard before it happens, whatever the phone says: it would be listed among the
			// oldest, where nobody looks.
			recordedAt: Math.max(at, time ?? since),
			reference: referenceIn(record, who),
			doubtful: who === 'either',
			slot: who === 'slot' ? record.who : null,
			position: who === 'position' ? record.who : null,
			state: state ?? null,
			session,
			own: who === 'slot' && isOwn && tried.opened
		});
	}
	return [...events.values()].sort((a, b) => a.counter - b.counter);
}

function referenceIn(record: LogRecord, who: Meaning['who']): number | null {
	if (who === 'engaged') return record.who || null;
	return who === 'reference' || who === 'either' ? record.who : null;
}

/** An offline key that was tried in a session, and the record that tells of it. */
interface Try {
	slot: number;
	opened: boolean;
	counter: number;
}

/**
 * The last of such tries, by session. Only these keys have the command id 0; and where nothing waits behind the
 * answer, the newest record told with it is that of the try.
 */
function triesOf(said: readonly Said[]): Map<string, Try> {
	const newest = new Map<string, number>();
	for (const { session, record } of said)
		if (record) newest.set(session, Math.max(record.counter, newest.get(session) ?? 0));
	const tries = new Map<string, Try>();
	for (const { session, packet, acknowledgement } of said) {
		if (packet.id !== 0 || acknowledgement?.opcode !== OPCODE.unlock) continue;
		tries.delete(session);
		const counter = newest.get(session);
		if (acknowledgement.moreRecords || counter === undefined) continue;
		const opened = acknowledgement.result === RESULTS.success.code;
		tries.set(session, { slot: acknowledgement.argument, opened, counter });
	}
	return tries;
}

/** Longest time a lock's clock may have run away from ours. */
const DRIFT = 24 * 3600 * 1000;

/** Between which moments the commands of an event were issued; a lock's clock counts seconds. */
export function issuedBetween({ time, recordedAt }: LockEvent): { from: number; before: number } {
	if (time === null) return { from: 0, before: recordedAt + 1 };
	return { from: time - DRIFT, before: time + 1000 };
}

/** Whether what was issued is named by its reference in the lock's log. */
function isReferenced(action: string): boolean {
	return (REFERENCED as readonly string[]).includes(action);
}

/** The commands an event names by its reference, among those of the session that told of it. */
export function issuedIn(event: LockEvent, issued: readonly IssuedRow[]): IssuedRow | undefined {
	const { from, before } = issuedBetween(event);
	return issued.findLast(
		(row) =>
			row.session === cipheredPart(event.session) &&
			isReferenced(row.action) &&
			row.reference === event.reference &&
			row.at >= from &&
			row.at < before
	);
}

/** Earliest and latest moment of an event; equal when the lock knew the time. */
export interface TimeRange {
	start: number;
	end: number;
}

/**
 * When events happened: exactly, where the lock's clock was known, else between its neighbours in
 * the log, and at the latest when the phone received it.
 * @param events in the lock's order
 * @param since earliest moment of the event before the first
 */
export function rangesOf(events: readonly LockEvent[], since: number): TimeRange[] {
	const ends: number[] = [];
	let next = Infinity;
	for (const { time, recordedAt } of events.toReversed()) {
		next = Math.min(time ?? next, time ?? recordedAt);
		ends.push(next);
	}
	ends.reverse();
	let earliest = since;
	return events.map(({ time }, i) => {
		const end = ends[i]!;
		if (time !== null) earliest = time;
		return { start: Math.min(time ?? earliest, end), end };
	});
}
