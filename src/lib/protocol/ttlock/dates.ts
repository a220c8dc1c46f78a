import type { Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';

/**
 * A moment on a lock's own clock, which knows no zone: the milliseconds since 1970 at which a clock
 * in UTC would show the same.
 */
export type Local = number;

/** What a lock is told for a key without an end: 2000-01-31 14:00 to 2099-11-30 14:00. */
export const PERMANENT = {
	start: Date.UTC(2000, 0, 31, 14),
	end: Date.UTC(2099, 10, 30, 14)
} as const;

/**
 * The lock's time of a moment.
 * @param at milliseconds since epoch UTC
 * @param timezoneRawOffset milliseconds that the lock's clock is ahead of UTC
 */
export function localOf(at: number, timezoneRawOffset: number): Local {
	return at + timezoneRawOffset;
}

/**
 * Year, month, day, hour, minute and, in 6 bytes, second: each two decimal digits as **one byte
 * holding that number** (2026 is 1a), not as BCD (docs/door-lock.md).
 * @throws ProtocolError `bad-field` outside 2000..2099
 */
export function dateBytes(local: Local, size: 5 | 6): Bytes {
	const date = new Date(local);
	const year = date.getUTCFullYear() - 2000;
	if (!(year >= 0 && year <= 99)) throw new ProtocolError('bad-field', 'a lock counts 2000..2099');
	return Uint8Array.of(
		year,
		date.getUTCMonth() + 1,
		date.getUTCDate(),
		date.getUTCHours(),
		date.getUTCMinutes(),
		date.getUTCSeconds()
	).slice(0, size);
}

/** The moment in `size` bytes from `at`; null when they end too early or are no date. */
export function readDate(bytes: Uint8Array, at: number, size: 5 | 6): Local | null {
	if (at + size > bytes.length) return null;
	const [year, month, day, hour, minute, second] = [...bytes.subarray(at, at + size), 0];
	const inRange = year! <= 99 && month! >= 1 && month! <= 12 && day! >= 1 && day! <= 31;
	if (!inRange || hour! > 23 || minute! > 59 || second! > 59) return null;
	const local = Date.UTC(2000 + year!, month! - 1, day, hour, minute, second);
	// 31 April has become 1 May.
	return new Date(local).getUTCDate() === day ? local : null;
}
