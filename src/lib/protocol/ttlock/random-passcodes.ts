/**
 * Random passcodes: codes that server and lock each compute alone, so that a guest opens a lock that
 * has never heard of them. The vendor's algorithm is not public; this is ours, written down in
 * docs/door-lock.md section 4, and its codes open no lock of the vendor's.
 */
import { FF1 } from '@noble/ciphers/ff1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ascii, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import type { Local } from './dates.ts';

/** Types of the open API (its public pages). */
export const RANDOM_TYPE = {
	once: 1,
	permanent: 2,
	period: 3,
	delete: 4,
	weekend: 5,
	daily: 6,
	workday: 7,
	monday: 8,
	tuesday: 9,
	wednesday: 10,
	thursday: 11,
	friday: 12,
	saturday: 13,
	sunday: 14
} as const;
export type RandomType = keyof typeof RANDOM_TYPE;

/** How many codes one start hour has. */
export const COUNTS = { once: 200, permanent: 20 } as const;

const HOUR = 3_600_000;
/** Hours after its start in which a code must be used first. */
const FIRST_USE: Readonly<Partial<Record<RandomType, number>>> = {
	once: 6,
	permanent: 24,
	period: 24,
	delete: 24
};

const ZERO_HOUR = Date.UTC(2020, 0, 1);
/** Start hours are counted round, ten years: 3,653 days. */
const HOURS = 87_672;
/** Longest periods, in hours, of the codes with 8 and with 9 digits; the latter is a leap year. */
const SHORT = 168;
const LONG = 8_784;
/** Whole months of the periods over a year. */
const MONTHS = { first: 13, last: 120 } as const;
const CYCLES = Object.values(RANDOM_TYPE).filter((type) => type >= RANDOM_TYPE.weekend);

/** The codes of one length: each row is a field of consecutive numbers, in this order. */
const ROWS = {
	8: [
		{ row: 'once', size: HOURS * COUNTS.once },
		{ row: 'permanent', size: HOURS * COUNTS.permanent },
		{ row: 'delete', size: HOURS },
		{ row: 'cyclic', size: CYCLES.length * 24 * 24 },
		{ row: 'short', size: HOURS * SHORT }
	],
	9: [
		{ row: 'long', size: HOURS * (LONG - SHORT) },
		{ row: 'months', size: HOURS * (MONTHS.last - MONTHS.first + 1) }
	]
} as const;
type Digits = keyof typeof ROWS;
type Row = (typeof ROWS)[Digits][number]['row'];

/** A random passcode, rounded to the hours that it holds for. */
export interface RandomPasscode {
	type: RandomType;
	/** The hour from which it holds. Of a cyclic one only the hour of the day counts. */
	start: Local;
	/** The hour from which it holds no more; null without an end. Of a cyclic one as `start`. */
	end: Local | null;
	/** Which of several codes of one start; 0 where there is one. */
	index: number;
}

/** The key of a lock's codes. @param seed the 61 bytes with which it was paired */
export function randomPasscodeKey(seed: Uint8Array): Bytes {
	return hkdf(sha256, seed, undefined, ascii('hasp door passcodes'), 16) as Bytes;
}

/**
 * What a wish comes to: minutes and seconds are dropped, cyclic ones are reduced to their hours.
 * @throws ProtocolError `bad-field` for an end that is missing or not after the start, a period over
 * a year that is not of whole months or over ten years, an index beyond the count of its type
 */
export function roundPasscode(wish: {
	type: RandomType;
	start: Local;
	end?: Local | null;
	index?: number;
}): RandomPasscode {
	const { type, index = 0 } = wish;
	const start = hourOf(wish.start);
	const isCyclic = RANDOM_TYPE[type] >= RANDOM_TYPE.weekend;
	const end = (isCyclic || type === 'period') && wish.end != null ? hourOf(wish.end) : null;
	const passcode = { type, start, end, index };
	if (!Number.isInteger(index) || index < 0 || index >= countOf(type))
		throw new ProtocolError('bad-field', 'there are no more codes of this type and start');
	if (placeOf(passcode) === null)
		throw new ProtocolError('bad-field', 'no passcode of this type has such a window');
	return passcode;
}

/** The 8 or 9 digits of a rounded passcode. @param key `randomPasscodeKey` of the lock */
export function randomPasscode(key: Uint8Array, passcode: RandomPasscode): string {
	const place = placeOf(passcode);
	if (!place) throw new ProtocolError('bad-field', 'not a rounded passcode');
	let number = place.at;
	for (const { row, size } of ROWS[place.digits]) {
		if (row === place.row) break;
		number += size;
	}
	const digits = [...String(number).padStart(place.digits, '0')].map(Number);
	return FF1(10, key).encrypt(digits).join('');
}

/**
 * What a typed code says, or null when it is none of this lock's. Its start is the last hour up to
 * `now` that it can mean; whether it still holds is for `isFirstUse` and `holdsAt`.
 */
export function readRandomPasscode(
	key: Uint8Array,
	code: string,
	now: Local
): RandomPasscode | null {
	if (!/^\d{8,9}$/.test(code)) return null;
	let at = Number(
		FF1(10, key)
			.decrypt([...code].map(Number))
			.join('')
	);
	for (const { row, size } of ROWS[code.length as Digits]) {
		if (at < size) return passcodeAt(row, at, hourOf(now));
		at -= size;
	}
	return null;
}

/** When a code that was never used becomes void; null for never, of the cyclic ones. */
export function firstUseEnds({ type, start }: RandomPasscode): Local | null {
	const within = FIRST_USE[type];
	return within === undefined ? null : start + within * HOUR;
}

/** Whether a code that was never used may be used now. */
export function isFirstUse(passcode: RandomPasscode, now: Local): boolean {
	const end = firstUseEnds(passcode);
	return (end === null || now < end) && holdsAt(passcode, now);
}

/** Whether a code that has been used in time opens now. */
export function holdsAt({ type, start, end }: RandomPasscode, now: Local): boolean {
	if (RANDOM_TYPE[type] < RANDOM_TYPE.weekend) return start <= now && (end === null || now < end);
	const [from, until] = [hourOfDay(start), hourOfDay(end!) || 24];
	const day = new Date(now).getUTCDay();
	return onDay(type, day) && from <= hourOfDay(now) && hourOfDay(now) < until;
}

function onDay(type: RandomType, day: number): boolean {
	if (type === 'daily') return true;
	const isWeekend = day === 0 || day === 6;
	if (type === 'weekend') return isWeekend;
	if (type === 'workday') return !isWeekend;
	return (RANDOM_TYPE[type] - RANDOM_TYPE.sunday + 7) % 7 === day;
}

interface Place {
	digits: Digits;
	row: Row;
	at: number;
}

/** Which number a passcode is in its row; null when its window is none of its type. */
function placeOf({ type, start, end, index }: RandomPasscode): Place | null {
	const hour = modulo((start - ZERO_HOUR) / HOUR, HOURS);
	if (type === 'once') return { digits: 8, row: 'once', at: hour * COUNTS.once + index };
	if (type === 'permanent')
		return { digits: 8, row: 'permanent', at: hour * COUNTS.permanent + index };
	if (type === 'delete') return { digits: 8, row: 'delete', at: hour };
	if (end === null || end <= start) return null;
	if (type !== 'period') {
		const until = hourOfDay(end) || 24;
		const isSameDay = dayOf(end - HOUR) === dayOf(start) && until > hourOfDay(start);
		const at = ((RANDOM_TYPE[type] - RANDOM_TYPE.weekend) * 24 + hourOfDay(start)) * 24 + until - 1;
		return isSameDay ? { digits: 8, row: 'cyclic', at } : null;
	}
	const hours = (end - start) / HOUR;
	const year = monthsAfter(start, 12);
	// 29 February has no day a year later: 366 days are its year.
	if (end <= (year ?? start + LONG * HOUR)) {
		if (hours <= SHORT) return { digits: 8, row: 'short', at: hour * SHORT + hours - 1 };
		return { digits: 9, row: 'long', at: hour * (LONG - SHORT) + hours - SHORT - 1 };
	}
	for (let months: number = MONTHS.first; months <= MONTHS.last; months++)
		if (monthsAfter(start, months) === end) {
			const rows = MONTHS.last - MONTHS.first + 1;
			return { digits: 9, row: 'months', at: hour * rows + months - MONTHS.first };
		}
	return null;
}

/** The reverse of `placeOf`, for the last start up to `now`, a whole hour. */
function passcodeAt(row: Row, at: number, now: Local): RandomPasscode | null {
	const startOf = (hour: number): Local =>
		now - modulo((now - ZERO_HOUR) / HOUR - hour, HOURS) * HOUR;
	switch (row) {
		case 'once':
		case 'permanent': {
			const start = startOf(Math.floor(at / COUNTS[row]));
			return { type: row, start, end: null, index: at % COUNTS[row] };
		}
		case 'delete':
			return { type: row, start: startOf(at), end: null, index: 0 };
		case 'cyclic': {
			const [from, until] = [Math.floor(at / 24) % 24, (at % 24) + 1];
			if (until <= from) return null;
			const type = typeNumbered(RANDOM_TYPE.weekend + Math.floor(at / 576));
			const day = dayOf(now);
			return { type, start: day + from * HOUR, end: day + until * HOUR, index: 0 };
		}
		case 'short':
		case 'long': {
			const [span, least] = row === 'short' ? [SHORT, 1] : [LONG - SHORT, SHORT + 1];
			const start = startOf(Math.floor(at / span));
			const end = start + ((at % span) + least) * HOUR;
			return { type: 'period', start, end, index: 0 };
		}
		case 'months': {
			const rows = MONTHS.last - MONTHS.first + 1;
			const start = startOf(Math.floor(at / rows));
			const end = monthsAfter(start, (at % rows) + MONTHS.first);
			return end === null ? null : { type: 'period', start, end, index: 0 };
		}
	}
}

/** The same day of the month and time of day so many months later; null where that day is missing. */
function monthsAfter(start: Local, months: number): Local | null {
	const date = new Date(start);
	const day = date.getUTCDate();
	date.setUTCMonth(date.getUTCMonth() + months);
	return date.getUTCDate() === day ? date.getTime() : null;
}

function countOf(type: RandomType): number {
	return type === 'once' || type === 'permanent' ? COUNTS[type] : 1;
}

function typeNumbered(number: number): RandomType {
	const found = Object.entries(RANDOM_TYPE).find(([, value]) => value === number);
	return found![0] as RandomType;
}

function hourOf(local: Local): Local {
	return Math.floor(local / HOUR) * HOUR;
}

function dayOf(local: Local): Local {
	return Math.floor(local / (24 * HOUR)) * 24 * HOUR;
}

function hourOfDay(local: Local): number {
	return modulo(Math.floor(local / HOUR), 24);
}

function modulo(value: number, by: number): number {
	return ((value % by) + by) % by;
}
