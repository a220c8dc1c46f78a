import { fromHex, type Bytes } from '../bytes.ts';
import type { Window } from './commands.ts';
import { localOf, PERMANENT } from './dates.ts';
import type { Header } from './frame.ts';

/** Milliseconds since epoch UTC, or the marks 0 (no limit) and, as an end, 1 (one opening). */
export type KeyDate = number;

/** Days and hours of a recurring eKey; the hours are those of its two dates, on the lock's clock. */
export interface Recurrence {
	/** 1 Sunday to 7 Saturday. */
	weekDays: readonly number[];
	/** First and last day, milliseconds; 0 for no limit. */
	startDay: KeyDate;
	endDay: KeyDate;
}

/** When an eKey holds (docs/door-lock.md). */
export interface Validity {
	startDate: KeyDate;
	endDate: KeyDate;
	recurrence: Recurrence | null;
}

/** What a phone holds to open one lock without a network: an eKey, a plain value for JSON. */
export interface OfflineGrant extends Validity {
	/** 32 hex characters. */
	aesKey: string;
	/** The lock's unlock key, the same for every holder. */
	lockKey: number;
	lockFlagPos: number;
	lockVersion: Header;
	/** The holder, as the lock's log names them. */
	uid: number;
	/** Milliseconds that the lock's clock is ahead of UTC. */
	timezoneRawOffset: number;
}

/** What an owner holds: everything may be asked of the lock with it. */
export interface AdminGrant extends OfflineGrant {
	adminPwd: number;
}

/** Whether an eKey opens at a moment, and why not. */
export type Verdict = 'holds' | 'not-yet' | 'expired' | 'outside-hours' | 'used';

/** `endDate` of an eKey that opens once. */
export const ONCE = 1;

/** When an eKey holds that has no limit. */
export const ALWAYS = { startDate: 0, endDate: 0, recurrence: null } as const satisfies Validity;

const DAY = 86_400_000;

/**
 * Judges an eKey as server and phone both must, because the lock does not: it sees a window that it is
 * told, and neither days of the week nor how often it was used.
 * @param at milliseconds since epoch UTC
 * @param used whether a key for one opening has opened
 */
export function judge(
	key: Validity & { timezoneRawOffset: number },
	at: number,
	used = false
): Verdict {
	const { startDate, endDate, recurrence } = key;
	if (recurrence) return judgeRecurring(recurrence, key, at);
	if (startDate !== 0 && at < startDate) return 'not-yet';
	if (endDate === ONCE) return used ? 'used' : 'holds';
	return endDate !== 0 && at > endDate ? 'expired' : 'holds';
}

function judgeRecurring(
	{ weekDays, startDay, endDay }: Recurrence,
	{ startDate, endDate, timezoneRawOffset }: Validity & { timezoneRawOffset: number },
	at: number
): Verdict {
	if (startDay !== 0 && at < startDay) return 'not-yet';
	if (endDay !== 0 && at > endDay) return 'expired';
	const local = localOf(at, timezoneRawOffset);
	const time = local % DAY;
	const [from, until] = [startDate, endDate].map((date) => localOf(date, timezoneRawOffset) % DAY);
	const onDay = weekDays.includes(new Date(local).getUTCDay() + 1);
	return onDay && from! <= time && time <= until! ? 'holds' : 'outside-hours';
}

/**
 * The window that the lock is told: lock-local, whole minutes. A key without an end, or of which only
 * the app knows when it holds, is told as permanent; if either date is 0 both are.
 */
export function windowOf(key: Validity & { timezoneRawOffset: number }): Window {
	const { startDate, endDate, recurrence, timezoneRawOffset } = key;
	const [start, end] = recurrence ? [recurrence.startDay, recurrence.endDay] : [startDate, endDate];
	if (endDate === ONCE && !recurrence && start !== 0)
		return { start: localOf(start, timezoneRawOffset), end: PERMANENT.end };
	if (start === 0 || end === 0 || end === ONCE) return { ...PERMANENT };
	return {
		start: Math.max(localOf(start, timezoneRawOffset), PERMANENT.start),
		end: Math.min(localOf(end, timezoneRawOffset), PERMANENT.end)
	};
}

/** The AES key of a grant. @throws ProtocolError `bad-hex`, `bad-length` */
export function aesKeyOf({ aesKey }: { aesKey: string }): Bytes {
	return fromHex(aesKey, 16);
}
