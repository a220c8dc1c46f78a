import { isPlain } from './rhythm.ts';

/* How long guessing takes by the lock-out of docs/lock-scheme.md section 4.3. */

/** Wrong entries that begin a lock-out. */
const WRONG_ENTRIES = 5;
const SHORTEST_LOCK_OUT = 60;
const LONGEST_LOCK_OUT = 3600;
/** Seconds of a press as fast as a finger goes, half of them long, and of the pause at the end. */
const PRESS = 0.5;
const PAUSE = 2;

const HOUR = 3600;
const DAY = 24 * HOUR;

export interface Strength {
	name: 'Weak' | 'Fair' | 'Strong';
	/** In whole sentences. */
	text: string;
}

/** Seconds of trying at the lock after which a code of that many presses is as likely found as not. */
export function secondsToGuess(presses: number): number {
	const guesses = 2 ** (presses - 1);
	const lockOuts = Math.floor(guesses / WRONG_ENTRIES);
	const doubled = Math.min(lockOuts, Math.ceil(Math.log2(LONGEST_LOCK_OUT / SHORTEST_LOCK_OUT)));
	const waits = SHORTEST_LOCK_OUT * (2 ** doubled - 1) + (lockOuts - doubled) * LONGEST_LOCK_OUT;
	return guesses * (presses * PRESS + PAUSE) + waits;
}

/** How well a code withstands somebody who tries. */
export function strengthOf(code: string): Strength {
	const guess = `1 guess in ${(2 ** code.length).toLocaleString('en')}`;
	const pauses = 'The lock pauses after 5 wrong ones';
	if (isPlain(code))
		return { name: 'Weak', text: `${guess}, and it is among those people try first.` };
	const seconds = secondsToGuess(code.length);
	const text = `${guess}. ${pauses}: an even chance takes about ${roughly(seconds)} of trying at it.`;
	const name = seconds < 4 * HOUR ? 'Weak' : seconds < 3 * DAY ? 'Fair' : 'Strong';
	return { name, text };
}

function roughly(seconds: number): string {
	const units: [string, number][] = [
		['year', 365 * DAY],
		['day', DAY],
		['hour', HOUR],
		['minute', 60],
		['second', 1]
	];
	const [unit, long] = units.find(([, long]) => seconds >= 1.5 * long) ?? ['second', 1];
	const count = Math.round(seconds / long);
	return `${count.toLocaleString('en')} ${unit}${count === 1 ? '' : 's'}`;
}
