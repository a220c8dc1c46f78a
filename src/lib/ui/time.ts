/** Words for times. All arguments are milliseconds since 1970; the zone is the reader's own. */

const DAY = 86_400_000;

// Not by `Intl`: the first use of it on a page reads its tables for longer than a list takes to draw.
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = [
	...['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun'],
	...['Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec']
] as const;

/** `14:02` */
export function clock(at: number): string {
	const time = new Date(at);
	return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** `14:02:31` */
export function clockSeconds(at: number): string {
	return `${clock(at)}:${two(new Date(at).getSeconds())}`;
}

/** Midnight at the start of the day that holds `at`. */
export function startOfDay(at: number): number {
	return new Date(at).setHours(0, 0, 0, 0);
}

/** `3 Nov`, with the year when it is another one. */
export function date(at: number, now: number): string {
	const day = new Date(at);
	const year = day.getFullYear();
	const named = `${day.getDate()} ${MONTHS[day.getMonth()]!}`;
	return year === new Date(now).getFullYear() ? named : `${named} ${year}`;
}

/** Heading of a day: `Today`, `Mon 23 Nov`. */
export function dayTitle(at: number, now: number): string {
	if (startOfDay(at) === startOfDay(now)) return 'Today';
	return `${weekday(at)} ${date(at, now)}`;
}

function isRecent(at: number, now: number): boolean {
	return at > startOfDay(now) - 6 * DAY && at < now + DAY;
}

/** `today 14:02`, `Mon 17:20`, `3 Nov`: as close as it matters. */
export function moment(at: number, now: number): string {
	if (startOfDay(at) === startOfDay(now)) return `today ${clock(at)}`;
	if (isRecent(at, now)) return `${weekday(at)} ${clock(at)}`;
	return date(at, now);
}

/** For `As of …`: `14:02`, `Mon 17:20`, `3 Nov`. */
export function asOf(at: number, now: number): string {
	return startOfDay(at) === startOfDay(now) ? clock(at) : moment(at, now);
}

/** For `until …`: `14:02`, `Thu 14:00`, and from a week ahead `Thu 3 Dec`, with the year in another. */
export function until(at: number, now: number): string {
	if (startOfDay(at) === startOfDay(now)) return clock(at);
	const day = weekday(at);
	// A week from today has the name of today.
	const near = at > now && at < startOfDay(startOfDay(now) + 7.5 * DAY);
	return near ? `${day} ${clock(at)}` : `${day} ${date(at, now)}`;
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
	const day = isRecent(start, end) ? weekday(start) : date(start, end);
	return `${day} ${clock(start)} to ${clock(end)}`;
}

/** `1.9 s` */
export function seconds(milliseconds: number): string {
	return `${(Math.max(0, milliseconds) / 1000).toFixed(1)} s`;
}

function weekday(at: number): string {
	return WEEKDAYS[new Date(at).getDay()]!;
}

/** `07` */
export function two(number: number): string {
	return String(number).padStart(2, '0');
}
