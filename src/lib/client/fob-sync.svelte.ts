import type { Connect, Link } from '../link/link.ts';
import { VENDORS, type Vendor } from '../protocol/vendors.ts';
import { alone, LOCK_TALKS, WAKING } from './alone.ts';
import { call as callServer, type Call } from './call.ts';
import { fobFailureOf, type FobFailure } from './fob-failures.ts';
import { isSynced, takeSet, type TakenSet } from './fob-set.ts';
import type { Sync } from './sync.svelte.ts';

/**
 * Where a sync stands.
 *
 * - `idle`: nothing runs.
 * - `connecting`: chooser, radio link, discovery, reading the session.
 * - `asking`: the fob is awake; the server is asked for what it is to hold.
 * - `writing`: packets are on their way. The fob changes nothing before the last.
 * - `proving`: it has taken them; what it said goes to the server.
 * - `done`: the server has its proof.
 * - `stopped`: by the person. The fob holds what it held.
 * - `failed`: see the failure.
 */
export type FobPhase =
	'idle' | 'connecting' | 'asking' | 'writing' | 'proving' | 'done' | 'stopped' | 'failed';

export interface FobSyncParts {
	mac: string;
	connect: Connect;
	sync: Pick<Sync, 'begin' | 'flush'>;
	call?: Call;
	vendor?: Vendor;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** Links begun for one tap. Nothing is lost by another: the server gives the same set until it is proven. */
const TRIES = 3;

/** Phases from which a tap begins anew. */
const RESTING: readonly FobPhase[] = ['idle', 'done', 'stopped', 'failed'];

/** Brings one fob what it is to hold. */
export class FobSync {
	phase: FobPhase = $state('idle');
	failure: FobFailure | null = $state(null);
	/** Packets the fob has answered, and all of them. */
	written = $state(0);
	total = $state(0);
	/** The server takes long. */
	slow = $state(false);
	readonly #parts: FobSyncParts & { call: Call; vendor: Vendor };
	#stopper: AbortController | null = null;

	constructor(parts: FobSyncParts) {
		const { call = callServer, vendor = VENDORS.noke } = parts;
		this.#parts = { ...parts, call, vendor };
	}

	get runs(): boolean {
		return !RESTING.includes(this.phase);
	}

	/** Needs a user gesture, for the chooser. Ignored while it runs. */
	async start(): Promise<void> {
		if (this.runs) return;
		const stopper = (this.#stopper = new AbortController());
		this.failure = null;
		this.written = this.total = 0;
		this.phase = 'connecting';
		const { locks, mac } = this.#parts;
		const end = await alone(locks, `${LOCK_TALKS}${mac}`, 'skip', () =>
			this.#tries(stopper.signal)
		);
		if (stopper.signal.aborted) return;
		if (end === null) this.#fail('busy');
		else if (end === 'cancelled') this.phase = 'idle';
		else if (end === 'done') this.phase = 'done';
		else this.#fail(end);
	}

	/** Ends it. A fob that has taken everything is synced all the same: its proof is sent later. */
	stop(): void {
		if (!this.runs) return;
		this.#stopper?.abort();
		if (this.phase === 'proving') this.#fail('untold');
		else this.phase = 'stopped';
		this.slow = false;
	}

	async #tries(signal: AbortSignal): Promise<FobFailure | 'cancelled' | 'done'> {
		for (let tries = 1; ; tries++) {
			const end = await this.#once(tries === 1, signal).catch((cause: unknown) => {
				if (signal.aborted) return 'lost' as const;
				return fobFailureOf(cause);
			});
			// A fob whose keys were unknown has said which it has: now it can be given the rest.
			const again = end === 'lost' || end === 'asked';
			if (!again || signal.aborted) return end === 'asked' ? 'lost' : end;
			if (tries === TRIES) return end === 'asked' ? 'wrong-key' : end;
			this.#unlessStopped(signal, () => (this.phase = 'connecting'));
		}
	}

	async #once(
		choose: boolean,
		signal: AbortSignal
	): Promise<FobFailure | 'cancelled' | 'done' | 'asked'> {
		let link: Link | null = null;
		let taken: TakenSet;
		try {
			link = await this.#parts.connect({ choose, within: WAKING, signal });
			if (!link) return choose ? 'cancelled' : 'lost';
			this.#unlessStopped(signal, () => (this.phase = 'asking'));
			taken = await takeSet(this.#parts, link, signal, {
				slow: (slow) => this.#unlessStopped(signal, () => (this.slow = slow)),
				progress: (written, total) =>
					this.#unlessStopped(signal, () => {
						this.phase = 'writing';
						this.written = written;
						this.total = total;
					})
			});
		} finally {
			link?.close();
		}
		// What it said goes to the server whatever it was.
		if (taken.failure !== null && taken.said === 0) return taken.failure;
		if (taken.failure === null) this.#unlessStopped(signal, () => (this.phase = 'proving'));
		await this.#parts.sync.flush();
		if (taken.failure !== null) return taken.failure;
		if (!taken.brings) return 'asked';
		return (await isSynced(this.#parts, taken.issuedAt, signal)) ? 'done' : 'untold';
	}

	#unlessStopped(signal: AbortSignal, change: () => void): void {
		if (!signal.aborted) change();
	}

	#fail(code: FobFailure): void {
		this.failure = code;
		this.phase = 'failed';
		this.slow = false;
	}
}
