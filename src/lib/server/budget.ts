import { ServerError } from './error.ts';

/**
 * How much each of some known users may spend in a window of time; counted in memory, so each
 * process has its own. Keys must be of those who have proven who they are: the names of a window
 * are all that is kept, and nobody can invent one.
 */
export class Budget {
	readonly #most: number;
	/** Milliseconds. */
	readonly #window: number;
	#ends = 0;
	#spent = new Map<string, number>();

	/** @param seconds length of a window; windows follow one another, the same for all */
	constructor(most: number, seconds: number) {
		this.#most = most;
		this.#window = seconds * 1000;
	}

	/** Throws ServerError `too-many` when nothing is left. */
	check(key: string, now: number): void {
		this.#turn(now);
		if ((this.#spent.get(key) ?? 0) < this.#most) return;
		const retryAfter = Math.max(1, Math.ceil((this.#ends - now) / 1000));
		throw new ServerError('too-many', 'Too many at once. Try again later.', { retryAfter });
	}

	spend(key: string, amount: number, now: number): void {
		this.#turn(now);
		if (amount > 0) this.#spent.set(key, (this.#spent.get(key) ?? 0) + amount);
	}

	#turn(now: number): void {
		// A clock that was set back must not make a window last for years.
		if (now < this.#ends && now >= this.#ends - this.#window) return;
		this.#spent = new Map();
		this.#ends = now + this.#window;
	}
}

/** The budgets of one process; docs/operations.md names them. */
export class Budgets {
	/** Sessions uploaded by one API key: a hundred openings a second of one company, without a pause. */
	readonly uploads = new Budget(6_000, 60);
	/** Packets of one API key that no lock of its company has made: deciphering them is the dearest. */
	readonly strange = new Budget(10_000, 60);
	/** Calls of one application of the open API: a hundred a second, without a pause. */
	readonly sifelyCalls = new Budget(6_000, 60);
	/** Wrong passwords for one account of the open API; some have six digits that many could guess. */
	readonly guesses = new Budget(10, 600);
	/** What one person changes, openings among it; a phone may fetch two thousand keys at once. */
	readonly changes = new Budget(10_000, 3600);
}
