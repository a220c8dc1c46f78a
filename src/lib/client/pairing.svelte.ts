import type { PairingStep } from '../protocol/pairings.ts';
import { alone, LOCK_TALKS } from './alone.ts';
import type { Paired } from './paired.svelte.ts';
import { deliveryFailureOf, pairingFailureOf, type PairingFailure } from './pairing-failures.ts';
import { resetLock, takeLock, type PairingTarget, type Taken, type Taking } from './taking.ts';

/**
 * Where a pairing stands.
 *
 * - `idle`: nothing runs.
 * - `choosing`: the chooser is open.
 * - `connecting`: radio link and discovery.
 * - `pairing`: see the step.
 * - `resetting`: the lock is given back.
 * - `telling`: the lock is ours; the server is told.
 * - `done`: the server has it, under `id`.
 * - `waits`: the lock is ours; this phone keeps its keys until the server is reached.
 * - `freed`: it was reset, and is free for whoever pairs it next.
 * - `stopped`: by the person. Keys that the lock may have taken are kept.
 * - `failed`: see the failure.
 */
export type PairingPhase =
	| 'idle'
	| 'choosing'
	| 'connecting'
	| 'pairing'
	| 'resetting'
	| 'telling'
	| 'done'
	| 'waits'
	| 'freed'
	| 'stopped'
	| 'failed';

export interface PairingParts
	extends Pick<Taking, 'pairings'>, Partial<Pick<Taking, 'now' | 'zone' | 'random'>> {
	/** Lets the person choose; null when they cancelled. Needs a user gesture. Throws LinkError. */
	choose: (signal: AbortSignal) => Promise<PairingTarget | null>;
	paired: Pick<Paired, 'deliver' | 'look'>;
	/** Id of the company that is to have the lock; null while nobody is signed in. */
	company: () => string | null;
	/** Asks the browser to keep what is stored. */
	persist: () => Promise<unknown>;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** Phases from which a tap begins anew. */
const RESTING: readonly PairingPhase[] = ['idle', 'done', 'waits', 'freed', 'stopped', 'failed'];

type End = PairingFailure | 'cancelled' | 'done' | 'waits' | 'freed';

/** Pairs locks with this phone, one at a time, for the company. */
export class LockPairing {
	phase: PairingPhase = $state('idle');
	step: PairingStep | null = $state(null);
	failure: PairingFailure | null = $state(null);
	/** Whether keys of the lock are on this phone: the next try goes on with them. */
	kept = $state(false);
	/** Of the lock at the server, once that has it. */
	id: number | null = $state(null);
	readonly #parts: PairingParts & Pick<Taking, 'now' | 'zone' | 'random'>;
	#target: PairingTarget | null = null;
	#stopper: AbortController | null = null;

	constructor(parts: PairingParts) {
		this.#parts = {
			now: () => Date.now(),
			zone: (at) => -60_000 * new Date(at).getTimezoneOffset(),
			random: (length) => crypto.getRandomValues(new Uint8Array(length)),
			...parts
		};
	}

	get runs(): boolean {
		return !RESTING.includes(this.phase);
	}

	/** As the lock advertises that was chosen last; null before. */
	get lock(): string | null {
		return this.#target?.name ?? null;
	}

	/**
	 * Pairs the lock that the person chooses, or goes on with it. Ignored while it runs.
	 * @param name what people are to call it
	 * @param which `same` for the lock that was chosen last
	 */
	pair(name: string, which: 'another' | 'same' = 'another'): Promise<void> {
		return this.#run(which, async (taking) => {
			const taken = await takeLock(taking, name);
			if (typeof taken === 'string') return taken;
			// Whoever stopped it is told that its keys wait here: so they do.
			if (taking.signal.aborted && taken.stored) return 'waits';
			return this.#tell(taken, taking.signal);
		});
	}

	/** Gives the lock back with the keys that are kept of it, to whoever pairs it next. */
	reset(which: 'another' | 'same' = 'another'): Promise<void> {
		return this.#run(which, async (taking) => (await resetLock(taking)) ?? 'freed');
	}

	/** Back to the beginning, for another lock. Ignored while it runs. */
	rest(): void {
		if (this.runs) return;
		this.#target = this.failure = this.step = this.id = null;
		this.kept = false;
		this.phase = 'idle';
	}

	/** Ends it. What the lock may have taken is kept. */
	stop(): void {
		if (!this.runs) return;
		this.#stopper?.abort();
		this.phase = this.phase === 'telling' ? 'waits' : 'stopped';
	}

	async #run(which: 'another' | 'same', work: (taking: Taking) => Promise<End>): Promise<void> {
		if (this.runs) return;
		const { signal } = (this.#stopper = new AbortController());
		this.failure = this.step = this.id = null;
		this.kept = false;
		this.phase = 'choosing';
		const end = await this.#work(which, signal, work).catch((cause: unknown) => {
			if (signal.aborted) return 'lost' as const;
			return pairingFailureOf(cause);
		});
		await this.#parts.paired.look();
		if (signal.aborted) return;
		if (end === 'cancelled') this.phase = 'idle';
		else if (end === 'done' || end === 'waits' || end === 'freed') this.phase = end;
		else {
			this.failure = end;
			this.phase = 'failed';
		}
	}

	async #work(
		which: 'another' | 'same',
		signal: AbortSignal,
		work: (taking: Taking) => Promise<End>
	): Promise<End> {
		const { choose, company, locks, persist, pairings, now, zone, random } = this.#parts;
		const owner = company();
		if (owner === null) return 'signed-out';
		const target = which === 'same' && this.#target ? this.#target : await choose(signal);
		if (!target) return 'cancelled';
		this.#target = target;
		void persist().catch(() => undefined);
		const taking = {
			...{ target, company: owner, pairings, now, zone, random, signal },
			screen: this.#screen(signal)
		};
		const end = await alone(locks, `${LOCK_TALKS}${target.name}`, 'skip', () => work(taking));
		return end ?? 'busy';
	}

	async #tell({ pairing, stored }: Taken, signal: AbortSignal): Promise<End> {
		if (!signal.aborted) this.phase = 'telling';
		try {
			this.id = await this.#parts.paired.deliver(pairing, true);
			return 'done';
		} catch (cause) {
			return deliveryFailureOf(cause) ?? (stored ? 'waits' : 'untold');
		}
	}

	/** What a run may change; nothing any more once it was stopped. */
	#screen(signal: AbortSignal): Taking['screen'] {
		const unlessStopped =
			<A>(change: (value: A) => void) =>
			(value: A) => {
				if (!signal.aborted) change(value);
			};
		return {
			reach: unlessStopped((phase) => (this.phase = phase)),
			step: unlessStopped((step) => (this.step = step)),
			// True also of a run that was stopped: what it has kept is kept.
			keeps: (kept) => (this.kept = kept)
		};
	}
}
