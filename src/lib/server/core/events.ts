import type { ActivityAction } from '../../api/app/activity.ts';
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import type { LockTable } from '../db/tables.ts';
import type { IssuedRow, Said } from './said.ts';

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
	/** What the record says of the shackle. */
	state: LockTable['state'];
	/** In which the lock told of it. */
	session: string;
}

interface Meaning {
	action: ActivityAction;
	who?: 'reference' | 'slot' | 'either';
	state?: NonNullable<LockTable['state']>;
}

/** What the numbers of docs/lock-scheme.md section 6 are in the words of the Core API. */
const MEANINGS = new Map<number, Meaning>([
	[RECORD_ACTION.unlocked, { action: 'unlocked', who: 'reference', state: 'open' }],
	[RECORD_ACTION.unlockedBySlot, { action: 'unlocked', who: 'slot', state: 'open' }],
	[RECORD_ACTION.locked, { action: 'locked', state: 'closed' }],
	[RECORD_ACTION.setupUnlocked, { action: 'setup_unlocked', who: 'reference', state: 'open' }],
	[RECORD_ACTION.failedUnlock, { action: 'failed_unlock', who: 'either' }],
	[RECORD_ACTION.startUp, { action: 'start_up' }],
	[RECORD_ACTION.buttonTouched, { action: 'button_touched' }],
	[RECORD_ACTION.unshackled, { action: 'unlocked', who: 'reference', state: 'unshackled' }],
	[RECORD_ACTION.alarmTriggered, { action: 'alarm_triggered' }]
]);

const UNKNOWN: Meaning = { action: 'unknown' };

/** The records among what a lock said, each counter once, in the lock's order. */
export function eventsOf(said: readonly Said[], now: number): LockEvent[] {
	const events = new Map<number, LockEvent>();
	for (const { record, at, session } of said) {
		if (record === null || events.has(record.counter)) continue;
		const { action, who, state } = MEANINGS.get(record.action) ?? UNKNOWN;
		events.set(record.counter, {
			counter: record.counter,
			action,
			// A lock's clock that runs fast must not log the future.
			time: record.time === 0 ? null : Math.min(record.time * 1000, now),
			recordedAt: at,
			reference: who === 'reference' || who === 'either' ? record.who : null,
			doubtful: who === 'either',
			slot: who === 'slot' ? record.who : null,
			state: state ?? null,
			session
		});
	}
	return [...events.values()].sort((a, b) => a.counter - b.counter);
}

/** Longest time a lock's clock may have run away from ours. */
const DRIFT = 24 * 3600 * 1000;

/** Between which moments the commands of an event were issued; a lock's clock counts seconds. */
export function issuedBetween({ time, recordedAt }: LockEvent): { from: number; before: number } {
	if (time === null) return { from: 0, before: recordedAt + 1 };
	return { from: time - DRIFT, before: time + 1000 };
}

/** The commands an event names by its reference, among those of the session that told of it. */
export function issuedIn(event: LockEvent, issued: readonly IssuedRow[]): IssuedRow | undefined {
	const { from, before } = issuedBetween(event);
	return issued.findLast(
		(row) =>
			row.session === event.session &&
			row.action !== 'ask' &&
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
