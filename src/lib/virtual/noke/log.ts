import type { LogRecord } from '../../protocol/noke/records.ts';

/** Records a lock keeps; the oldest falls out. */
const RING = 256;

/** Records that one answer carries at most. */
export const AT_ONCE = 8;

/** The log of a lock, durable. */
export interface Log {
	/** The newest last. */
	readonly records: readonly LogRecord[];
	/** Counter of the last record written, 0 before the first. Never goes back. */
	readonly counter: number;
	/** Counter of the last record sent, 0 before the first. */
	readonly sent: number;
}

export const EMPTY_LOG: Log = { records: [], counter: 0, sent: 0 };

/** @param time Unix seconds by the lock's own clock, 0 when that is unknown */
export function append(log: Log, time: number, action: number, who = 0): Log {
	const counter = log.counter + 1;
	const records = [...log.records.slice(1 - RING), { counter, time, action, who }];
	return { ...log, records, counter };
}

/** What the next answer carries: the oldest unsent records, and whether more wait behind them. */
export function unsent(log: Log): { records: readonly LogRecord[]; more: boolean } {
	const waiting = log.records.filter(({ counter }) => counter > log.sent);
	return { records: waiting.slice(0, AT_ONCE), more: waiting.length > AT_ONCE };
}

/** The log after these records went out. */
export function markSent(log: Log, records: readonly LogRecord[]): Log {
	const last = records.at(-1);
	return last ? { ...log, sent: last.counter } : log;
}

/** Sends again what came after `cursor`. Never forward: that would lose what was never sent. */
export function rewind(log: Log, cursor: number): Log {
	return { ...log, sent: Math.min(log.sent, cursor) };
}
