import type { Connect, Link } from '../link/link.ts';
import { VENDORS, type Vendor } from '../protocol/vendors.ts';
import { alone, LOCK_TALKS, WAKING } from './alone.ts';
import { ClientError, call as callServer, type Call } from './call.ts';
import { carry, type Errand } from './carry.ts';
import { errandFailureOf, errandFailureOfResult, type ErrandFailure } from './errand-failures.ts';

/**
 * Where an errand stands.
 *
 * - `idle`: nothing runs.
 * - `connecting`: chooser and radio link.
 * - `talking`: the phone carries frames between the server and the lock.
 * - `done`: the lock has done it, and the server knows.
 * - `stopped`: by the person; what the lock was told last may have happened.
 * - `failed`: see the failure.
 */
export type ErrandPhase = 'idle' | 'connecting' | 'talking' | 'done' | 'stopped' | 'failed';

export interface ErrandParts {
	/** Of the server. */
	door: number;
	mac: string;
	connect: Connect;
	call?: Call;
	vendor?: Vendor;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** Milliseconds without an answer of the server after which it is called slow. */
const SLOW = 3_000;

/** Has one thing done at a door lock that a manager asks for. */
export class DoorErrand {
	phase: ErrandPhase = $state('idle');
	failure: ErrandFailure | null = $state(null);
	/** How far it came. */
	reached: 'connecting' | 'talking' = $state('connecting');
	/** Answers of the lock that the server has had. */
	steps = $state(0);
	/** Nothing has moved for a while. */
	slow = $state(false);
	readonly #parts: ErrandParts & { call: Call; vendor: Vendor };
	#stopper: AbortController | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(parts: ErrandParts) {
		const { call = callServer, vendor = VENDORS.ttlock } = parts;
		this.#parts = { ...parts, call, vendor };
	}

	get runs(): boolean {
		return this.phase === 'connecting' || this.phase === 'talking';
	}

	/** True when it is done. Needs a user gesture, for the chooser. Ignored while one runs. */
	async run(errand: Errand): Promise<boolean> {
		if (this.runs) return false;
		const { signal } = (this.#stopper = new AbortController());
		this.failure = null;
		this.steps = 0;
		this.phase = this.reached = 'connecting';
		const name = `${LOCK_TALKS}${this.#parts.mac}`;
		const end = await alone(this.#parts.locks, name, 'skip', () => this.#once(errand, signal));
		clearTimeout(this.#timer);
		// Whoever stopped it has said so; another may run already.
		if (signal.aborted) return false;
		this.slow = false;
		if (end === 'cancelled') this.phase = 'idle';
		else if (end === 'done') this.phase = 'done';
		else {
			this.failure = end ?? 'busy';
			this.phase = 'failed';
		}
		return end === 'done';
	}

	/** Ends it. What the lock was told last may have happened. */
	stop(): void {
		if (!this.runs) return;
		this.#stopper?.abort();
		clearTimeout(this.#timer);
		this.slow = false;
		this.phase = 'stopped';
	}

	async #once(errand: Errand, signal: AbortSignal): Promise<ErrandFailure | 'cancelled' | 'done'> {
		let link: Link | null = null;
		try {
			link = await this.#parts.connect({ choose: true, within: WAKING, signal });
			if (!link) return 'cancelled';
			this.#unlessStopped(signal, () => (this.phase = this.reached = 'talking'));
			this.#watch(signal);
			const end = await carry(this.#parts, link, this.#parts.door, errand, {
				signal,
				step: ({ result }) =>
					this.#unlessStopped(signal, () => {
						if (result === null) this.steps++;
						this.#watch(signal);
					})
			});
			if (end === 'silent' || end === 'gone') return 'lost';
			return end.result === 'success' ? 'done' : errandFailureOfResult(end.result, errand.action);
		} catch (cause) {
			if (signal.aborted) return 'lost';
			if (errand.action === 'reset' && this.steps > 0 && isNotFound(cause)) return 'done';
			return errandFailureOf(cause);
		} finally {
			link?.close();
		}
	}

	#watch(signal: AbortSignal): void {
		clearTimeout(this.#timer);
		this.slow = false;
		this.#timer = setTimeout(() => this.#unlessStopped(signal, () => (this.slow = true)), SLOW);
	}

	#unlessStopped(signal: AbortSignal, change: () => void): void {
		if (!signal.aborted) change();
	}
}

/** The lock is deleted here once it was reset: then the answer that said so was lost. */
function isNotFound(cause: unknown): boolean {
	return cause instanceof ClientError && cause.code === 'not-found';
}
