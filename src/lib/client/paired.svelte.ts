import type * as z from 'zod/mini';
import { AddDoorReply, type AddDoorRequest } from '../api/app/doors.ts';
import type { KeptPairing, PairingFacts, Pairings } from '../vault/pairings.ts';
import { VaultError } from '../vault/store.ts';
import { alone } from './alone.ts';
import { call as callServer, ClientError, type Call, type ClientErrorCode } from './call.ts';

/** Milliseconds before the first further try, and the longest between two. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 300_000;

/** Refusals of a lock that another try does not change; all others pass. */
const LASTING: readonly ClientErrorCode[] = ['bad-input', 'too-large', 'conflict', 'forbidden'];

export type { PairingFacts };

export interface PairedParts {
	pairings: Pick<Pairings, 'of' | 'recall' | 'settle' | 'forget'>;
	/** Id of the company for which somebody who manages it is signed in, else null. */
	company: () => string | null;
	call?: Call;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/**
 * Takes the locks that this phone has paired to the server. Only when the server has a lock's keys does
 * the phone let go of them; the same keys twice are one lock there.
 */
export class Paired {
	/** Pairings of this company that the server does not have, the oldest first. */
	waiting: readonly PairingFacts[] = $state.raw([]);
	readonly #parts: PairedParts & { call: Call };
	#pause = FIRST_PAUSE;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(parts: PairedParts) {
		this.#parts = { ...parts, call: parts.call ?? callServer };
	}

	/** Reads anew what waits. Never rejects. */
	async look(): Promise<void> {
		const company = this.#parts.company();
		const found = company === null ? [] : await this.#parts.pairings.of(company).catch(ifStored);
		// Storage that fails says nothing of what is in it.
		if (found !== undefined && company === this.#parts.company()) this.waiting = found;
	}

	/** Sends every lock whose pairing has come to its end. Never rejects: what fails is tried again. */
	async flush(): Promise<void> {
		clearTimeout(this.#timer);
		await alone(this.#parts.locks, 'hasp-paired', 'wait', () => this.#sendAll());
		await this.look();
	}

	/**
	 * Gives one lock to the server, and lets go of its keys when the server has them.
	 * @param isFresh the lock has just taken, or proven, these keys
	 * @returns the id of the lock there
	 * @throws ClientError; after a refusal that lasts it is noted
	 */
	async deliver(pairing: KeptPairing & { lockData: string }, isFresh: boolean): Promise<number> {
		const { call, pairings } = this.#parts;
		const { lockData, name } = pairing;
		const body = { lockData, name, isFresh } satisfies z.input<typeof AddDoorRequest>;
		try {
			const { id } = await call(AddDoorReply, 'POST', '/api/door-locks', body);
			// What is not let go of is sent once more, and is the same lock.
			await pairings.settle(pairing).catch(ifStored);
			return id;
		} catch (cause) {
			if (!(cause instanceof ClientError)) throw cause;
			if (LASTING.includes(cause.code)) await pairings.settle(pairing, cause.code).catch(ifStored);
			else if (cause.code !== 'signed-out') this.#later();
			throw cause;
		} finally {
			await this.look();
		}
	}

	/** Lets go of the keys of a lock that the server does not have. @throws VaultError */
	async forget(lock: string): Promise<void> {
		const company = this.#parts.company();
		if (company !== null) await this.#parts.pairings.forget(company, lock);
		await this.look();
	}

	/** Ends the trying; what waits stays. */
	stop(): void {
		clearTimeout(this.#timer);
	}

	async #sendAll(): Promise<void> {
		const company = this.#parts.company();
		if (company === null) return;
		try {
			for (const { lock, state } of await this.#parts.pairings.of(company)) {
				const kept = state === 'paired' ? await this.#parts.pairings.recall(company, lock) : null;
				if (kept && hasLockData(kept)) await this.deliver(kept, false).catch(ifLasting);
			}
			this.#pause = FIRST_PAUSE;
		} catch (cause) {
			if (cause instanceof ClientError) return;
			ifStored(cause);
			this.#later();
		}
	}

	#later(): void {
		clearTimeout(this.#timer);
		// Half of it by chance, so that the phones of a site do not all return at one moment.
		const pause = this.#pause * (0.5 + Math.random() / 2);
		this.#pause = Math.min(LONGEST_PAUSE, this.#pause * 2);
		this.#timer = setTimeout(() => void this.flush(), pause);
	}
}

/** Whether the pairing has come to its end. */
function hasLockData(pairing: KeptPairing): pairing is KeptPairing & { lockData: string } {
	return pairing.lockData !== null;
}

function ifStored(cause: unknown): undefined {
	if (!(cause instanceof VaultError)) throw cause;
}

/** The next may be taken all the same. */
function ifLasting(cause: unknown): undefined {
	if (!(cause instanceof ClientError) || !LASTING.includes(cause.code)) throw cause;
}
