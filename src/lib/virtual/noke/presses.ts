/** What the button has led to: a code under way, and the lock-out of those who guess. */
import { earliest, type Milliseconds } from './air.ts';

/** From here on a press is long. */
export const LONG_TIME = 400;

const SHORTEST_LOCK_OUT = 60_000;
const LONGEST_LOCK_OUT = 3_600_000;

/** What guessing has led to so far, durable. */
export interface Entries {
	/** Wrong ones since the last right one or lock-out. */
	readonly wrong: number;
	/** Lock-outs since the last right one. */
	readonly lockOuts: number;
	/** One is going on. */
	readonly lockedOut: boolean;
}

export const NO_ENTRIES: Entries = { wrong: 0, lockOuts: 0, lockedOut: false };

/** The code being entered. */
export interface Presses {
	/** `1` for each long press so far, `0` for each short one; no more than tell that it is too long. */
	readonly code: string;
	/** Since when the button is down. */
	readonly down: Milliseconds | null;
	/** The press under way is a long one already. */
	readonly long: boolean;
	/** When the pause is over. */
	readonly endsAt: Milliseconds | null;
}

export const NO_PRESSES: Presses = { code: '', down: null, long: false, endsAt: null };

/** When something is due without anybody's doing. */
export function entryDue({ down, long, endsAt }: Presses): Milliseconds | null {
	return earliest(down !== null && !long ? down + LONG_TIME : null, endsAt);
}

/** Milliseconds that the present lock-out lasts as a whole. */
export function lockOutTime({ lockOuts }: Entries): Milliseconds {
	return Math.min(SHORTEST_LOCK_OUT * 2 ** (lockOuts - 1), LONGEST_LOCK_OUT);
}
