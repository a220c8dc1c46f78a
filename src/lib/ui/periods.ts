import type { EkeyPeriod } from '../api/app/ekeys.ts';
import { lockClock, lockDate, lockMoment } from './lock-time.ts';
import { WEEKDAYS } from './time.ts';

/** Monday first, as calendars here are read. */
const WEEK = [2, 3, 4, 5, 6, 7, 1];

/** `Mon to Fri`, `Sat, Sun`, `every day`. */
export function dayWords(weekDays: readonly number[]): string {
	const days = WEEK.filter((day) => weekDays.includes(day));
	if (days.length === 7) return 'every day';
	const names = days.map((day) => WEEKDAYS[day - 1]!);
	const first = WEEK.indexOf(days[0] ?? 0);
	const isRun = days.length > 2 && days.every((day, index) => WEEK[first + index] === day);
	return isRun ? `${names[0]} to ${names.at(-1)}` : names.join(', ');
}

/**
 * When an eKey holds, in words, by the lock's clock.
 * @param zone milliseconds that the lock's clock is ahead of UTC
 */
export function periodWords(
	{ startDate, endDate, recurrence }: EkeyPeriod,
	zone: number,
	now: number
): string {
	if (recurrence) {
		const hours = `${lockClock(startDate, zone)} to ${lockClock(endDate, zone)}`;
		const days = `${dayWords(recurrence.weekDays)} ${hours}`;
		const { startDay, endDay } = recurrence;
		const from = startDay > now ? `, from ${lockDate(startDay, zone, now)}` : '';
		const end = endDay === 0 ? '' : `, until ${lockDate(endDay, zone, now)}`;
		return capital(`${days}${from}${end}`);
	}
	const from = startDate > now ? ` from ${lockMoment(startDate, zone, now)}` : '';
	if (endDate === 1) return `One opening${from}`;
	if (endDate === 0) return from === '' ? 'Always' : capital(from.trim());
	const until = `until ${lockMoment(endDate, zone, now)}`;
	return capital(`${from.trim()} ${until}`.trim());
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
