/** Words for times. All arguments are milliseconds since 1970; the zone is the reader's own. */

const DAY = 86_400_000;

const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const secondsFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const yearFormat = new Intl.DateTimeFormat('en-GB', {
	day: 'numeric',
	month: 'short',
	year: 'numeric'
});

/** `14:02` */
export function clock(at: number): string {
	return clockFormat.format(at);
}

/** `14:02:31` */
export function clockSeconds(at: number): string {
	return secondsFormat.format(at);
}

/** Midnight at the start of the day that holds `at`. */
export function startOfDay(at: number): number {
	return new Date(at).setHours(0, 0, 0, 0);
}

/** `3 Nov`, with the year when it is another one. */
export function date(at: number, now: number): string {
	const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
	return (sameYear ? dateFormat : yearFormat).format(at);
}

/** Heading of a day: `Today`, `Mon 23 Nov`. */
export function dayTitle(at: number, now: number): string {
	if (startOfDay(at) === startOfDay(now)) return 'Today';
	return `${weekdayFormat.format(at)} ${date(at, now)}`;
}

function isRecent(at: number, now: number): boolean {
	return at > startOfDay(now) - 6 * DAY && at < now + DAY;
}

/** `today 14:02`, `Mon 17:20`, `3 Nov`: as close as it matters. */
export function moment(at: number, now: number): string {
	if (startOfDay(at) === startOfDay(now)) return `today ${clock(at)}`;
	if (isRecent(at, now)) return `${weekdayFormat.format(at)} ${clock(at)}`;
	return date(at, now);
}

/** For `As of …`: `14:02`, `Mon 17:20`, `3 Nov`. */
export function asOf(at: number, now: number): string {
	return startOfDay(at) === startOfDay(now) ? clock(at) : moment(at, now);
}

/** For a whole sentence: `14:02 today`, `Mon 17:20`, `3 Nov`. */
export function asOfSentence(at: number, now: number): string {
	return startOfDay(at) === startOfDay(now) ? `${clock(at)} today` : moment(at, now);
}

/**
 * A time that may only be known as a range: `14:02:31`, `11:20 to 13:47`, `Mon 23:10 to 01:20`.
 * The day of the end is told by the heading above it.
 */
export function range(start: number, end: number): string {
	if (start === end) return clockSeconds(end);
	if (startOfDay(start) === startOfDay(end)) return `${clock(start)} to ${clock(end)}`;
	const day = isRecent(start, end) ? weekdayFormat.format(start) : date(start, end);
	return `${day} ${clock(start)} to ${clock(end)}`;
}

/** `1.9 s` */
export function seconds(milliseconds: number): string {
	return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
}
