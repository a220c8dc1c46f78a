import { ServerError } from './error.ts';

/**
 * How much each of some known users may spend in a window of time; counted in memory, so each
 * process has its own. Keys must be of those who have proven who they are, or be bounded
 * by a budget of such: the names of a window are all that is kept, and nobody can invent many.
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

	/** Both, with nothing awaited in between. Throws ServerError `too-many`. */
	take(key: string, now: number): void {
		this.check(key, now);
		this.spend(key, 1, now);
	}

	/** What was taken and is not counted after all. */
	giveBack(key: string, now: number): void {
		this.#turn(now);
		const spent = this.#spent.get(key) ?? 0;
		if (spent > 1) this.#spent.set(key, spent - 1);
		else this.#spent.delete(key);
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
	/** Slow hashes of passwords for one company's applications: two a second take a tenth of a core. */
	readonly hashes = new Budget(60, 60);
	/**
	 * Wrong passwords for one name of the open API, whether an account has it or not; some have six
	 * digits that many could guess. `hashes` bounds how many names there are.
	 */
	readonly guesses = new Budget(10, 600);
	/** What one person changes, openings among it; a phone may fetch two thousand keys at once. */
	readonly changes = new Budget(10_000, 3600);
}
