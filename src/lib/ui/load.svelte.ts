import type { ClientErrorCode } from '../client/call.ts';
import { refusalOf } from './refusals.ts';

/** After this long a wait is called slow. */
const SLOW = 3000;

/** There is no network worth the name. */
const NO_ANSWER: readonly ClientErrorCode[] = ['no-network', 'timed-out'];

/** Something a page asks the server for: what came, why it did not, whether it is slow. */
export class Load<T> {
	value: T | undefined = $state.raw();
	refusal: ClientErrorCode | null = $state(null);
	busy = $state(false);
	slow = $state(false);
	/** When what is shown was answered, if that was before this visit: milliseconds since 1970. */
	asOf: number | null = $state(null);
	readonly #ask: (signal: AbortSignal) => Promise<T>;
	readonly #recall: (() => Promise<{ value: T; at: number } | undefined>) | undefined;
	#asking: AbortController | undefined;
	#recalling: Promise<void> | undefined;

	/** @param recall what was answered on an earlier visit, shown until the server answers */
	constructor(
		ask: (signal: AbortSignal) => Promise<T>,
		recall?: () => Promise<{ value: T; at: number } | undefined>
	) {
		this.#ask = ask;
		this.#recall = recall;
	}

	/** Nothing to show, or a refusal that the person should read: not that old news is all there is. */
	get tells(): boolean {
		if (this.value === undefined) return true;
		return this.refusal !== null && (this.asOf === null || !NO_ANSWER.includes(this.refusal));
	}

	/** Asks, or asks anew: an answer that is on its way is dropped. What is shown stays until the next comes. */
	async run(): Promise<void> {
		this.#asking?.abort();
		const asking = (this.#asking = new AbortController());
		const timer = setTimeout(() => (this.slow = true), SLOW);
		this.busy = true;
		this.slow = false;
		if (this.value === undefined) void this.recall();
		try {
			const value = await this.#ask(asking.signal);
			if (asking.signal.aborted) return;
			this.value = value;
			this.refusal = this.asOf = null;
		} catch (cause) {
			if (!asking.signal.aborted) this.refusal = refusalOf(cause);
		} finally {
			clearTimeout(timer);
			if (this.#asking === asking) this.busy = this.slow = false;
		}
	}

	/** Shows what was answered on an earlier visit, if nothing is shown yet. It is read once at a time. */
	recall(): Promise<void> {
		return (this.#recalling ??= this.#remember().finally(() => (this.#recalling = undefined)));
	}

	async #remember(): Promise<void> {
		const recalled = await this.#recall?.();
		if (!recalled || this.value !== undefined) return;
		this.value = recalled.value;
		this.asOf = recalled.at;
	}

	/** Ends the waiting. */
	stop(): void {
		this.#asking?.abort();
		this.busy = this.slow = false;
	}
}
