import type { DoorSaid } from '../../api/app/door-detail.ts';
import type { DoorRow } from './doors.ts';

const NOTHING: Omit<DoorSaid, 'at'> = {
	model: null,
	hardware: null,
	firmware: null,
	isUnlocked: null,
	clockOff: null,
	autoLock: null,
	sound: null
};

/** What a lock said of itself when it was asked last, or null before that. */
export function saidOf({ said }: Pick<DoorRow, 'said'>): DoorSaid | null {
	return said === null ? null : (JSON.parse(said) as DoorSaid);
}

/** The column of it, with what the lock said now. */
export function hasAll(lock: Pick<DoorRow, 'said'>, news: Partial<DoorSaid>, at: number): string {
	return JSON.stringify({ ...NOTHING, ...saidOf(lock), ...news, at } satisfies DoorSaid);
}
