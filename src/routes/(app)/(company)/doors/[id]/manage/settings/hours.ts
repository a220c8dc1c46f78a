import type { PassageHours } from '$lib/api/app/door-detail.ts';
import { dayWords } from '$lib/ui/periods.ts';

/** `08:00`, of minutes of the day; midnight at its end is the last minute that an input knows. */
export function timeOf(minutes: number): string {
	const within = Math.min(minutes, 1439);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${two(Math.floor(within / 60))}:${two(within % 60)}`;
}

/** Minutes of the day, or null. */
export function minutesOf(time: string): number | null {
	const [, hours, minutes] = /^(\d\d):(\d\d)/.exec(time) ?? [];
	return hours === undefined ? null : Number(hours) * 60 + Number(minutes);
}

/** How passage mode stands, as a sentence. */
export function passageWords(passage: PassageHours | null): string {
	if (passage === null) return 'It is off.';
	// Its days are 1 Monday to 7 Sunday, those of eKeys 1 Sunday to 7 Saturday.
	const days = dayWords(passage.weekDays.map((day) => (day % 7) + 1));
	const isAllDay = passage.from === 0 && passage.until === 0;
	const until = passage.until === 1440 ? '24:00' : timeOf(passage.until);
	return `It is set: ${days}, ${isAllDay ? 'all day' : `${timeOf(passage.from)} to ${until}`}.`;
}
