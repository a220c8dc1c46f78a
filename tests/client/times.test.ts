import { expect, test } from 'vitest';
import { grouped } from '../../src/lib/ui/numbers.ts';
import { clock, clockSeconds, date, dayTitle } from '../../src/lib/ui/time.ts';

/** Every day of three years, each at another time of day. */
const DAYS = Array.from({ length: 1096 }, (_, day) =>
	new Date(2024, 0, 1 + day, day % 24, (day * 7) % 60, (day * 11) % 60).getTime()
);
const NOW = new Date(2025, 5, 15, 12).getTime();

const british = (options: Intl.DateTimeFormatOptions) =>
	new Intl.DateTimeFormat('en-GB', options).format;

test('times are written as the browser would write them in British English', () => {
	const time = british({ hour: '2-digit', minute: '2-digit' });
	const seconds = british({ timeStyle: 'medium' });
	const weekday = british({ weekday: 'short' });
	const short = british({ day: 'numeric', month: 'short' });
	const long = british({ day: 'numeric', month: 'short', year: 'numeric' });
	for (const at of DAYS) {
		expect(clock(at)).toBe(time(at));
		expect(clockSeconds(at)).toBe(seconds(at));
		const told = new Date(at).getFullYear() === 2025 ? short(at) : long(at);
		expect(date(at, NOW)).toBe(told);
		const today = new Date(at).toDateString() === new Date(NOW).toDateString();
		expect(dayTitle(at, NOW)).toBe(today ? 'Today' : `${weekday(at)} ${told}`);
	}
});

test('numbers are grouped by thousands', () => {
	for (const number of [0, 7, 99, 100, 999, 1000, 12_345, 100_000, 1_234_567])
		expect(grouped(number)).toBe(number.toLocaleString('en'));
});
