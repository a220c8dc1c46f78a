/**
 * Times as a door lock's own clock shows them: it knows no zone and no summer time, and judges eKeys and
 * passcodes by what it shows. `zone` is milliseconds that it is ahead of UTC.
 */
import { WEEKDAYS, date, two } from './time.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The lock's time, as a moment of UTC that reads the same. */
export function shown(at: number, zone: number): Date {
	return new Date(at + zone);
}

/** `14:02` */
export function lockClock(at: number, zone: number): string {
	const time = shown(at, zone);
	return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}`;
}

/** `today 14:02`, `Mon 3 Nov 14:02`, with the year in another one. */
export function lockMoment(at: number, zone: number, now: number): string {
	const day = (moment: number) => Math.floor((moment + zone) / DAY);
	const time = lockClock(at, zone);
	if (day(at) === day(now)) return `today ${time}`;
	return `${lockDate(at, zone, now)} ${time}`;
}

/** `Mon 3 Nov`, with the year in another one. */
export function lockDate(at: number, zone: number, now: number): string {
	const local = shown(at, zone);
	// Read by the reader's own zone, so it is moved there.
	const here = (time: Date) =>
		new Date(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate(), 12).getTime();
	return `${WEEKDAYS[local.getUTCDay()]!} ${date(here(local), here(shown(now, zone)))}`;
}

/** For an input of date and time: `2026-11-03T14:00`. */
export function toInput(at: number, zone: number): string {
	return shown(at, zone).toISOString().slice(0, 16);
}

/** What such an input says, or null. */
export function fromInput(text: string, zone: number): number | null {
	if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return null;
	const at = Date.parse(`${text}:00Z`) - zone;
	return Number.isNaN(at) || at <= 0 ? null : at;
}

/** The hour that holds a moment, on the lock's clock. */
export function hourOf(at: number, zone: number): number {
	return Math.floor((at + zone) / HOUR) * HOUR - zone;
}

/** How the lock's clock differs from this phone's, as a sentence; null where they agree. */
export function zoneWords(zone: number, now: number): string | null {
	const here = -new Date(now).getTimezoneOffset() * MINUTE;
	const ahead = zone - here;
	if (ahead === 0) return null;
	const hours = Math.floor(Math.abs(ahead) / HOUR);
	const minutes = Math.round((Math.abs(ahead) % HOUR) / MINUTE);
	const parts = [
		...(hours === 0 ? [] : [hours === 1 ? '1 hour' : `${hours} hours`]),
		...(minutes === 0 ? [] : [`${minutes} minutes`])
	];
	const how = `${parts.join(' ')} ${ahead > 0 ? 'ahead of' : 'behind'}`;
	return `All times are by the lock’s clock, ${how} this phone’s.`;
}
