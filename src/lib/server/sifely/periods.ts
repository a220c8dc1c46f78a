import type { EkeyPeriod } from '../../api/app/ekeys.ts';
import { ONCE, type Recurrence } from '../../protocol/ttlock/offline.ts';
import { DAY } from '../lease.ts';
import { isOwner, recurrenceOf, type EkeyRow, type Held } from './doors.ts';
import { SifelyError } from './error.ts';

/** When an eKey is to hold. */
export interface Period {
	startDate: number;
	endDate: number;
	recurrence: Recurrence | null;
}

/**
 * Nobody gives away more time than they have: nothing of one opening, and of days of the week the same
 * days and hours. Throws SifelyError `own-key-shorter`.
 */
export function mustOutlast(held: Held, period: Period): void {
	if (isOwner(held)) return;
	const { key } = held;
	const own = { startDate: key.start_date, endDate: key.end_date, recurrence: recurrenceOf(key) };
	const isOnce = own.recurrence === null && own.endDate === ONCE;
	if (isOnce || endOf(own) < endOf(period) || !recursWithin(own, period))
		throw new SifelyError(
			'own-key-shorter',
			'your own eKey does not hold as long as this one would'
		);
}

function recursWithin({ recurrence: own, ...from }: Period, period: Period): boolean {
	if (own === null) return true;
	const { recurrence } = period;
	return (
		recurrence !== null &&
		String(recurrence.weekDays) === String(own.weekDays) &&
		recurrence.startDay >= own.startDay &&
		period.startDate % DAY === from.startDate % DAY &&
		period.endDate % DAY === from.endDate % DAY
	);
}

function endOf({ endDate, recurrence }: Period): number {
	const end = recurrence ? recurrence.endDay : endDate;
	return end === 0 || end === ONCE ? Infinity : end;
}

/** The period of a request. Throws SifelyError `bad-parameter` for one that never holds. */
export function readPeriod(
	request: {
		startDate: number;
		endDate: number;
		weekDays?: number[] | undefined;
		startDay?: number | undefined;
		endDay?: number | undefined;
	},
	recurring: boolean
): Period {
	const { startDate, endDate, weekDays, startDay = 0, endDay = 0 } = request;
	const wrong = (message: string) => new SifelyError('bad-parameter', message);
	if (recurring) {
		if (weekDays === undefined) throw wrong('weekDays: needed for a recurring eKey');
		if (endDay !== 0 && endDay < startDay) throw wrong('endDay: before startDay');
		if (endDate <= startDate) throw wrong('endDate: the hours end after they begin');
		const days = [...new Set(weekDays)].sort((a, b) => a - b);
		return { startDate, endDate, recurrence: { weekDays: days, startDay, endDay } };
	}
	if (endDate !== 0 && endDate !== ONCE && endDate <= startDate)
		throw wrong('endDate: not after startDate');
	return { startDate, endDate, recurrence: null };
}

/** When an eKey holds, in the words of our own pages. */
export function periodOf(key: Pick<EkeyRow, 'start_date' | 'end_date' | 'recurrence'>): EkeyPeriod {
	const recurrence = recurrenceOf(key);
	return {
		startDate: key.start_date,
		endDate: key.end_date,
		recurrence: recurrence && { ...recurrence, weekDays: [...recurrence.weekDays] }
	};
}

/** A period as the table has it. */
export function columnsOf({ startDate, endDate, recurrence }: Period) {
	return {
		start_date: startDate,
		end_date: endDate,
		recurrence: recurrence && JSON.stringify(recurrence)
	};
}
