import { expect, test } from 'vitest';
import { fromInput, lockMoment, toInput, zoneWords } from '../../src/lib/ui/lock-time.ts';
import { dayWords, periodWords } from '../../src/lib/ui/periods.ts';
import {
	drawDigits,
	meaningOf,
	wrongDigits,
	type Wish
} from '../../src/routes/(app)/(company)/doors/[id]/manage/passcodes/kinds.ts';
import {
	periodOf,
	draftOf
} from '../../src/routes/(app)/(company)/doors/[id]/manage/ekeys/period.ts';

const HOUR = 3_600_000;
/** The lock's clock is 5 hours behind UTC. */
const ZONE = -5 * HOUR;
/** 14:20 on the lock. */
const NOW = Date.UTC(2026, 10, 22, 19, 20);

const wish = (over: Partial<Wish>): Wish => ({
	kind: 'period',
	start: NOW,
	end: NOW + 24 * HOUR,
	days: 'daily',
	fromHour: 8,
	toHour: 17,
	...over
});

test('times are those of the lock’s clock, wherever they are read', () => {
	expect(lockMoment(NOW, ZONE, NOW)).toBe('today 14:20');
	expect(toInput(NOW, ZONE)).toBe('2026-11-22T14:20');
	expect(fromInput('2026-11-22T14:20', ZONE)).toBe(NOW);
	expect(fromInput('2026-13-22T14:20', ZONE)).toBeNull();
	const here = -new Date(NOW).getTimezoneOffset() * 60_000;
	expect(zoneWords(here, NOW)).toBeNull();
	expect(zoneWords(here - HOUR, NOW)).toContain('1 hour behind this phone’s');
});

test('random passcodes are cut to the hour, and the page says so', () => {
	const meaning = meaningOf(wish({}), ZONE, NOW);
	expect(meaning.request).toEqual({
		kind: 'period',
		startDate: NOW - 20 * 60_000,
		endDate: NOW + 24 * HOUR - 20 * 60_000
	});
	expect(meaning.says[0]).toBe('Random passcodes know full hours only: 14:20 acts as 14:00.');
});

test('over a year only whole months are taken, and the nearest is offered', () => {
	const start = NOW - 20 * 60_000;
	const end = Date.UTC(2028, 1, 3, 19, 0);
	const meaning = meaningOf(wish({ start, end }), ZONE, NOW);
	expect(meaning.request).toBeNull();
	expect(meaning.nearest).toBe(Date.UTC(2028, 0, 22, 19, 0));
	const taken = meaningOf(wish({ start, end: meaning.nearest! }), ZONE, NOW);
	expect(taken.request).toMatchObject({ endDate: meaning.nearest });
});

test('a start from which it could not be used in time is refused', () => {
	expect(meaningOf(wish({ kind: 'once', start: NOW - 7 * HOUR }), ZONE, NOW).request).toBeNull();
	expect(meaningOf(wish({ kind: 'once', start: NOW }), ZONE, NOW).request).not.toBeNull();
	expect(meaningOf(wish({ end: NOW }), ZONE, NOW).wrong).toContain('at least an hour');
	expect(meaningOf(wish({ kind: 'days', fromHour: 9, toHour: 9 }), ZONE, NOW).request).toBeNull();
});

test('digits that are guessed first are refused, and none such is drawn', () => {
	expect(['1234', '987654', '0000', '123', '12a4'].map(wrongDigits)).not.toContain(null);
	expect(wrongDigits('258046')).toBeNull();
	for (let times = 0; times < 200; times++) expect(drawDigits()).toMatch(/^\d{6}$/);
});

test('what the fields of a period say is what stands in them again', () => {
	const days = { ...draftOf(null, ZONE, NOW), way: 'days' as const, lastDay: '2026-12-24' };
	const { period } = periodOf(days, ZONE);
	expect(period?.recurrence).toMatchObject({ weekDays: [2, 3, 4, 5, 6], startDay: 0 });
	expect(draftOf(period, ZONE, NOW)).toEqual(days);
	expect(periodWords(period!, ZONE, NOW)).toBe('Mon to Fri 08:00 to 17:00, until Thu 24 Dec');
	const bad = { ...days, toTime: '07:00' };
	expect(periodOf(bad, ZONE)).toMatchObject({ period: null, wrong: expect.any(String) as string });
	expect(dayWords([1, 7])).toBe('Sat, Sun');
	expect(periodWords({ startDate: 0, endDate: 1, recurrence: null }, ZONE, NOW)).toBe(
		'One opening'
	);
});
