/** Kinds of passcodes as somebody chooses among them, and the rules of each in words. */

import type { RandomKind } from '$lib/api/app/passcodes.ts';
import { hourOf, lockClock, lockMoment, shown } from '$lib/ui/lock-time.ts';

export type Kind = 'own' | 'once' | 'permanent' | 'period' | 'days' | 'erase';

export const KINDS: readonly { value: Kind; label: string }[] = [
	{ value: 'own', label: 'Digits of your own, written at the lock' },
	{ value: 'once', label: 'Random, for one opening' },
	{ value: 'period', label: 'Random, from and to' },
	{ value: 'permanent', label: 'Random, without end' },
	{ value: 'days', label: 'Random, on days of the week' },
	{ value: 'erase', label: 'Erase code: ends used random ones' }
];

/** Random ones that hold on days of the week. */
export const DAYS: readonly { value: RandomKind; label: string }[] = [
	{ value: 'daily', label: 'Every day' },
	{ value: 'workday', label: 'Monday to Friday' },
	{ value: 'weekend', label: 'Saturday and Sunday' },
	{ value: 'monday', label: 'Mondays' },
	{ value: 'tuesday', label: 'Tuesdays' },
	{ value: 'wednesday', label: 'Wednesdays' },
	{ value: 'thursday', label: 'Thursdays' },
	{ value: 'friday', label: 'Fridays' },
	{ value: 'saturday', label: 'Saturdays' },
	{ value: 'sunday', label: 'Sundays' }
];

const HOUR = 3_600_000;
/** Hours after its start within which a random passcode must be used first. */
const FIRST_USE = { once: 6, permanent: 24, period: 24, erase: 24 } as const;
/** Longest of the periods over a year, in months. */
const MOST_MONTHS = 120;

/** What a person has chosen; times are milliseconds since 1970, null while a field is empty. */
export interface Wish {
	kind: Exclude<Kind, 'own'>;
	start: number | null;
	end: number | null;
	/** Of `days`: which, and the first and last hour on the lock's clock. */
	days: RandomKind;
	fromHour: number;
	toHour: number;
}

/** What comes of a wish: what is asked of the server, or what does not fit. */
export interface Meaning {
	request: { kind: RandomKind; startDate: number; endDate?: number } | null;
	/** What the passcode will do, in sentences. */
	says: readonly string[];
	wrong: string | null;
	/** An end that would fit in place of the one that does not. */
	nearest?: number;
}

/** What a wish means by the clock of the lock. @param zone milliseconds that it is ahead of UTC */
export function meaningOf(wish: Wish, zone: number, now: number): Meaning {
	if (wish.kind === 'days') return meaningOfDays(wish, zone, now);
	if (wish.start === null) return { request: null, says: [], wrong: 'Choose when it begins.' };
	const start = hourOf(wish.start, zone);
	const when = (at: number) => lockMoment(at, zone, now);
	const says: string[] = [];
	if (wish.start !== start || (wish.kind === 'period' && wish.end !== hourOf(wish.end ?? 0, zone)))
		says.push(
			`Random passcodes know full hours only: ${lockClock(wish.start, zone)} acts as ${lockClock(start, zone)}.`
		);
	const first = start + FIRST_USE[wish.kind] * HOUR;
	if (first <= now)
		return {
			request: null,
			says,
			wrong: `It would have to be used before ${when(first)}. Choose a later start.`
		};
	switch (wish.kind) {
		case 'once':
			says.push(`Opens once, from ${when(start)} to ${when(first)}.`);
			return { request: { kind: 'once', startDate: start }, says, wrong: null };
		case 'permanent':
			says.push(
				`Must be used before ${when(first)} the first time, or it never works. Then it has no end.`
			);
			return { request: { kind: 'permanent', startDate: start }, says, wrong: null };
		case 'erase':
			says.push(
				`Opens nothing. Entered at the keypad before ${when(first)}, it ends every random passcode that was used; they do not work again.`
			);
			return { request: { kind: 'delete', startDate: start }, says, wrong: null };
		case 'period':
			return meaningOfPeriod(start, wish.end, says, zone, now);
	}
}

function meaningOfPeriod(
	start: number,
	wishedEnd: number | null,
	says: string[],
	zone: number,
	now: number
): Meaning {
	if (wishedEnd === null) return { request: null, says, wrong: 'Choose when it ends.' };
	const end = hourOf(wishedEnd, zone);
	const when = (at: number) => lockMoment(at, zone, now);
	if (end <= start)
		return { request: null, says, wrong: 'It has to end at least an hour after it begins.' };
	if (end > monthsAfter(start, 12, zone)) {
		const months = nearestMonths(start, end, zone);
		const nearest = monthsAfter(start, months, zone);
		says.push('Over a year only whole months count: it ends on the day and hour of its start.');
		if (nearest !== end)
			return { request: null, says, wrong: `The nearest end is ${when(nearest)}.`, nearest };
	}
	const first = Math.min(start + FIRST_USE.period * HOUR, end);
	says.push(`Opens from ${when(start)} to ${when(end)}.`);
	if (first < end)
		says.push(`Must be used before ${when(first)} the first time, or it never works.`);
	return { request: { kind: 'period', startDate: start, endDate: end }, says, wrong: null };
}

function meaningOfDays({ days, fromHour, toHour }: Wish, zone: number, now: number): Meaning {
	const says = ['Full hours only, without end, until it is deleted at the lock.'];
	if (toHour <= fromHour) return { request: null, says, wrong: 'It has to end after it begins.' };
	const local = shown(now, zone);
	const midnight = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()) - zone;
	const request = {
		kind: days,
		startDate: midnight + fromHour * HOUR,
		endDate: midnight + toHour * HOUR
	};
	const label = DAYS.find(({ value }) => value === days)!.label;
	return {
		request,
		says: [`Opens ${label.toLowerCase()}, ${hour(fromHour)} to ${hour(toHour)}.`, ...says],
		wrong: null
	};
}

/** `08:00` */
export function hour(hours: number): string {
	return `${String(hours).padStart(2, '0')}:00`;
}

/** The same day and hour so many months later, by the lock's clock; a day that is missing is passed over. */
function monthsAfter(start: number, months: number, zone: number): number {
	const local = shown(start, zone);
	local.setUTCMonth(local.getUTCMonth() + months);
	return local.getTime() - zone;
}

/** Whole months, 13 to 120, whose end is nearest and has the start's day. */
function nearestMonths(start: number, end: number, zone: number): number {
	const day = shown(start, zone).getUTCDate();
	let [best, distance] = [13, Infinity];
	for (let months = 13; months <= MOST_MONTHS; months++) {
		const at = monthsAfter(start, months, zone);
		if (shown(at, zone).getUTCDate() !== day || Math.abs(at - end) >= distance) continue;
		[best, distance] = [months, Math.abs(at - end)];
	}
	return best;
}

/** What is wrong with digits that somebody has thought of, or null. */
export function wrongDigits(code: string): string | null {
	if (!/^\d{4,9}$/.test(code)) return '4 to 9 digits.';
	const steps = [...code].slice(1).map((digit, at) => Number(digit) - Number(code[at]));
	const first = steps[0]!;
	const isPlain = Math.abs(first) <= 1 && steps.every((step) => step === first);
	return isPlain ? 'Too easy to guess.' : null;
}

/** Six digits at random that are not too easy. */
export function drawDigits(): string {
	for (;;) {
		const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
		const code = String(number % 1_000_000).padStart(6, '0');
		if (wrongDigits(code) === null) return code;
	}
}
