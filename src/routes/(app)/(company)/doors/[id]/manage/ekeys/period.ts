import type { EkeyPeriod } from '$lib/api/app/ekeys.ts';
import { fromInput, hourOf, lockClock, toInput } from '$lib/ui/lock-time.ts';

/** How an eKey may hold, as somebody chooses. */
export type Way = 'always' | 'from-to' | 'once' | 'days';

export const WAYS: readonly { value: Way; label: string }[] = [
	{ value: 'always', label: 'Always' },
	{ value: 'from-to', label: 'From and to' },
	{ value: 'once', label: 'One opening' },
	{ value: 'days', label: 'Hours on days of the week' }
];

/** What stands in the fields, by the lock's clock. */
export interface Draft {
	way: Way;
	from: string;
	to: string;
	/** 1 Sunday to 7 Saturday. */
	weekDays: number[];
	fromTime: string;
	toTime: string;
	firstDay: string;
	lastDay: string;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ONCE = 1;

/** Fields that say this period; of none, or a new one, what is wished most often. */
export function draftOf(period: EkeyPeriod | null, zone: number, now: number): Draft {
	const start = hourOf(now, zone);
	const draft: Draft = {
		way: 'always',
		from: toInput(start, zone),
		to: toInput(start + DAY, zone),
		weekDays: [2, 3, 4, 5, 6],
		fromTime: '08:00',
		toTime: '17:00',
		firstDay: '',
		lastDay: ''
	};
	if (period === null) return draft;
	const { startDate, endDate, recurrence } = period;
	if (recurrence) {
		const day = (at: number) => (at === 0 ? '' : toInput(at, zone).slice(0, 10));
		return {
			...draft,
			way: 'days',
			weekDays: [...recurrence.weekDays],
			fromTime: lockClock(startDate, zone),
			toTime: lockClock(endDate, zone),
			firstDay: day(recurrence.startDay),
			lastDay: day(recurrence.endDay)
		};
	}
	if (endDate === ONCE) return { ...draft, way: 'once' };
	if (startDate === 0 && endDate === 0) return draft;
	return {
		...draft,
		way: 'from-to',
		from: startDate === 0 ? draft.from : toInput(startDate, zone),
		to: endDate === 0 ? '' : toInput(endDate, zone)
	};
}

/** The period that the fields say, or what does not fit. */
export function periodOf(
	draft: Draft,
	zone: number
): { period: EkeyPeriod; wrong: null } | { period: null; wrong: string | null } {
	const none = { startDate: 0, endDate: 0, recurrence: null };
	switch (draft.way) {
		case 'always':
			return { period: none, wrong: null };
		case 'once':
			return { period: { ...none, endDate: ONCE }, wrong: null };
		case 'from-to': {
			const [startDate, endDate] = [fromInput(draft.from, zone), fromInput(draft.to, zone)];
			// A field that is still empty says so itself.
			if (startDate === null || endDate === null) return { period: null, wrong: null };
			if (endDate <= startDate) return { period: null, wrong: 'It has to end after it begins.' };
			return { period: { startDate, endDate, recurrence: null }, wrong: null };
		}
		case 'days':
			return onDays(draft, zone);
	}
}

function onDays(draft: Draft, zone: number): ReturnType<typeof periodOf> {
	const no = (wrong: string | null) => ({ period: null, wrong });
	if (draft.weekDays.length === 0) return no('Choose a day.');
	// Any day will do for hours.
	const hour = (time: string) => fromInput(`2026-01-05T${time}`, zone);
	const [startDate, endDate] = [hour(draft.fromTime), hour(draft.toTime)];
	if (startDate === null || endDate === null) return no(null);
	if (endDate <= startDate) return no('It has to end after it begins, on the same day.');
	const midnight = (day: string) => (day === '' ? 0 : (fromInput(`${day}T00:00`, zone) ?? 0));
	const [startDay, lastDay] = [midnight(draft.firstDay), midnight(draft.lastDay)];
	const endDay = lastDay === 0 ? 0 : lastDay + DAY - 1000;
	if (endDay !== 0 && endDay < startDay) return no('The last day is before the first.');
	const weekDays = draft.weekDays.toSorted((a, b) => a - b);
	return {
		period: { startDate, endDate, recurrence: { weekDays, startDay, endDay } },
		wrong: null
	};
}
