import { localOf } from '../../protocol/ttlock/dates.ts';
import {
	firstUseEnds,
	RANDOM_TYPE,
	type RandomType
} from '../../protocol/ttlock/random-passcodes.ts';
import type { PasscodeRow } from './codes.ts';
import type { DoorRow } from './doors.ts';

type Zone = Pick<DoorRow, 'timezone_offset'>;

/** Whether the end of a passcode has passed. Of days of the week there is none. */
export function isOver(
	{ type, end_date }: Pick<PasscodeRow, 'type' | 'end_date'>,
	now: number
): boolean {
	return type < RANDOM_TYPE.weekend && end_date !== 0 && end_date <= now;
}

/** Until when a random passcode must be used first, milliseconds since 1970; null for no such moment. */
export function useBefore(
	{ type, place, start_date }: Pick<PasscodeRow, 'type' | 'place' | 'start_date'>,
	{ timezone_offset }: Zone
): number | null {
	if (place === null) return null;
	const start = localOf(start_date, timezone_offset);
	const ends = firstUseEnds({ type: typeNumbered(type), start, end: null, index: 0 });
	return ends === null ? null : ends - timezone_offset;
}

/** Whether a random passcode that was never used opens no more. */
export function isSpent(row: PasscodeRow, lock: Zone, now: number): boolean {
	const before = useBefore(row, lock);
	return isOver(row, now) || (before !== null && before <= now);
}

export function typeNumbered(wanted: number): RandomType {
	const found = Object.entries(RANDOM_TYPE).find(([, number]) => number === wanted);
	return found![0] as RandomType;
}
