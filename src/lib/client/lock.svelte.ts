import { alone, LOCK_TALKS } from './alone.ts';
import { openLock, portsOf, type ConversationParts, type Ports, type Screen } from './opening.ts';
import type { Conversation, Deed, FailureCode, Phase, TrackPhase } from './phases.ts';

type Began = Readonly<Record<TrackPhase, number | null>>;
const NOT_BEGUN: Began = { connecting: null, asking: null, opening: null, open: null };

/** Phases from which a tap begins anew. In the others it is the same tap, repeated. */
const RESTING: readonly Phase[] = ['idle', 'asleep', 'failed'];

/** What the page of one lock shows, and the taps on it. */
export class LockConversation implements Conversation {
	phase: Phase = $state('idle');
	deed: Deed = $state('unlock');
	reached: TrackPhase | null = $state(null);
	failure: FailureCode | null = $state(null);
	began: Began = $state.raw(NOT_BEGUN);
	slow = $state(false);
	offline = $state(false);
	keyEnded: number | null = $state(null);
	openedAt: number | null = $state(null);
	endedAs: Conversation['endedAs'] = $state.raw(null);
	battery: Conversation['battery'] = $state.raw(null);
	/** The session whose packets are all on the disk. */
	#said: string | null = $state(null);
	readonly #parts: Ports;
	#run: { stopper: AbortController; done: Promise<void> } | null = null;
	/** The packet that opens is on its way. */
	#sent = false;

	constructor(parts: ConversationParts) {
		this.#parts = portsOf(parts);
	}

	get reported(): boolean {
		return this.#said !== null && !this.#parts.sync.unsent.has(this.#said);
	}

	/** See Conversation. A tap while the lock is asked about the tap before ends that asking. */
	async open(deed: Deed): Promise<void> {
		const before = this.#run;
		// A lock that is open is shut over a link of its own; it stays awake for that.
		const shuts = deed === 'engage' || deed === 'lock';
		const again = RESTING.includes(this.phase) || (this.phase === 'open' && shuts);
		if (before && !again) return;
		before?.stopper.abort();
		const stopper = new AbortController();
		this.deed = deed;
		this.#begin();
		const done = (async () => {
			await before?.done;
			await this.#work(deed, stopper.signal);
		})();
		const run = { stopper, done };
		this.#run = run;
		await done.finally(() => {
			if (this.#run === run) this.#run = null;
		});
	}

	stop(): void {
		if (!this.#run) return;
		this.#run.stopper.abort();
		if (this.phase === 'open') this.phase = 'asleep';
		else if (this.phase === 'opening' && this.#sent) this.#fail('lost-after');
		else if (this.phase !== 'failed') this.phase = 'idle';
	}

	async #work(deed: Deed, signal: AbortSignal): Promise<void> {
		if (signal.aborted) return;
		const { mac, locks } = this.#parts;
		const screen = this.#screen(signal);
		const end = await alone(locks, `${LOCK_TALKS}${mac}`, 'skip', async () => ({
			code: await (deed === 'engage'
				? (await import('./engaging.ts')).engageLock(this.#parts, screen, signal)
				: openLock(this.#parts, deed, screen, signal))
		})).catch((fault: unknown) => {
			if (!signal.aborted) this.#fail(this.#sent ? 'lost-after' : 'server-fault');
			throw fault;
		});
		if (signal.aborted) return;
		if (end === null) this.#fail('busy');
		else if (end.code === 'cancelled') this.phase = 'idle';
		else if (end.code !== null) this.#fail(end.code);
	}

	#begin(): void {
		this.failure = this.reached = this.openedAt = this.endedAs = this.#said = null;
		this.keyEnded = null;
		this.offline = false;
		this.began = NOT_BEGUN;
		this.#sent = false;
		this.#reach('connecting');
	}

	#reach(phase: TrackPhase): void {
		// A tap is connecting at once, and its first try says so again.
		if (phase === this.phase) return;
		// A further try for the same tap goes on from the first one's beginning.
		const fresh = phase === 'connecting' ? NOT_BEGUN : this.began;
		const since = phase === 'connecting' ? (this.began.connecting ?? Date.now()) : Date.now();
		this.began = { ...fresh, [phase]: since };
		this.phase = this.reached = phase;
		this.slow = false;
	}

	#fail(code: FailureCode): void {
		this.failure = code;
		this.phase = 'failed';
		this.slow = false;
	}

	/** What a run may change; nothing any more once it was stopped. */
	#screen(signal: AbortSignal): Screen {
		const unlessStopped =
			<A extends unknown[]>(change: (...args: A) => void) =>
			(...args: A) => {
				if (!signal.aborted) change(...args);
			};
		return {
			reach: unlessStopped((phase) => this.#reach(phase)),
			slow: unlessStopped(() => (this.slow = true)),
			battery: unlessStopped((millivolts) => (this.battery = { millivolts, at: Date.now() })),
			offline: unlessStopped(() => (this.offline = true)),
			keyEnded: unlessStopped((at) => (this.keyEnded = at)),
			sent: unlessStopped(() => (this.#sent = true)),
			opened: unlessStopped((at) => {
				this.failure = null;
				this.openedAt = at;
				this.#reach('open');
			}),
			ended: unlessStopped((state) => {
				this.endedAs = state && { state, at: Date.now() };
				this.phase = 'asleep';
			}),
			engaged: unlessStopped(() => {
				this.endedAs = { state: 'closed', at: Date.now() };
				this.phase = 'idle';
			}),
			said: unlessStopped((session) => (this.#said = session)),
			inDoubt: unlessStopped(() => this.#fail('lost-after'))
		};
	}
}
