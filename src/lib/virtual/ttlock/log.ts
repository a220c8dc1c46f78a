import type { LogRecord } from '../../protocol/ttlock/records.ts';
import type { Cursor } from '../../protocol/ttlock/writes.ts';

/** Records a lock keeps; the oldest falls out. */
export const RING = 500;

/** Records that one answer carries at most: real locks mostly send one. */
export const AT_ONCE = 1;

/** Cursors are 1..65534, round: 0 means the oldest and ffff what is unread. */
const CURSORS = 65_534;

/** A record in plain values, as it lies in the flash; `other` details never do. */
export type KeptRecord = LogRecord & { readonly counter: number };

/** The log of a lock, durable. */
export interface Log {
	/** The newest last. */
	readonly records: readonly KeptRecord[];
	/** Counter of the last record written, 0 before the first. */
	readonly counter: number;
	/** The lock's own bookmark: counter of the last record read as unread. */
	readonly bookmark: number;
}

export const EMPTY_LOG: Log = { records: [], counter: 0, bookmark: 0 };

export function append(log: Log, record: LogRecord): Log {
	const counter = log.counter + 1;
	return { ...log, records: [...log.records.slice(1 - RING), { ...record, counter }], counter };
}

/** The cursor behind a record. */
export function cursorOf(counter: number): number {
	return ((counter - 1) % CURSORS) + 1;
}

/** Whether the lock advertises that there is something to read. */
export function hasUnread({ records, bookmark }: Log): boolean {
	return (records.at(-1)?.counter ?? 0) > bookmark;
}

/** The records behind a cursor, as many as one answer carries; `stale` when it is none of this log's. */
export function recordsAfter(log: Log, cursor: Cursor): readonly KeptRecord[] | 'stale' {
	const { records, bookmark } = log;
	if (cursor === 'unread')
		return records.filter(({ counter }) => counter > bookmark).slice(0, AT_ONCE);
	if (cursor === 0) return records.slice(0, AT_ONCE);
	const at = records.findIndex(({ counter }) => cursorOf(counter) === cursor);
	return at < 0 ? 'stale' : records.slice(at + 1, at + 1 + AT_ONCE);
}

/** The log after these records were read as unread. */
export function markRead(log: Log, records: readonly KeptRecord[]): Log {
	return { ...log, bookmark: records.at(-1)?.counter ?? log.bookmark };
}
