import { ONCE, type Recurrence } from '../../protocol/ttlock/offline.ts';
import { DAY } from '../lease.ts';
import { isOwner, periodOf, type Held } from './doors.ts';
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
	const own = periodOf(held.key);
	const isOnce = own.recurrence === null && own.endDate === ONCE;
	if (isOnce || windowEnd(own) < windowEnd(period) || !recursWithin(own, period))
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

/** Milliseconds since 1970 from which on it opens nothing; Infinity without an end and for one opening. */
export function windowEnd({ endDate, recurrence }: Period): number {
	const end = recurrence ? recurrence.endDay : endDate;
	return end === 0 || (end === ONCE && !recurrence) ? Infinity : end;
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

/** A period as the table has it. */
export function columnsOf({ startDate, endDate, recurrence }: Period) {
	return {
		start_date: startDate,
		end_date: endDate,
		recurrence: recurrence && JSON.stringify(recurrence)
	};
}
