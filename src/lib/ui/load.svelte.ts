import type { ClientErrorCode } from '../client/call.ts';
import { refusalOf } from './refusals.ts';

/** After this long a wait is called slow. */
const SLOW = 3000;

/** Something a page asks the server for: what came, why it did not, whether it is slow. */
export class Load<T> {
	value: T | undefined = $state.raw();
	refusal: ClientErrorCode | null = $state(null);
	busy = $state(false);
	slow = $state(false);
	readonly #ask: (signal: AbortSignal) => Promise<T>;
	#asking: AbortController | undefined;

	constructor(ask: (signal: AbortSignal) => Promise<T>) {
		this.#ask = ask;
	}

	/** Asks, or asks anew: an answer that is on its way is dropped. What is shown stays until the next comes. */
	async run(): Promise<void> {
		this.#asking?.abort();
		const asking = (this.#asking = new AbortController());
		const timer = setTimeout(() => (this.slow = true), SLOW);
		this.busy = true;
		this.slow = false;
		try {
			const value = await this.#ask(asking.signal);
			if (asking.signal.aborted) return;
			this.value = value;
			this.refusal = null;
		} catch (cause) {
			if (!asking.signal.aborted) this.refusal = refusalOf(cause);
		} finally {
			clearTimeout(timer);
			if (this.#asking === asking) this.busy = this.slow = false;
		}
	}

	/** Ends the waiting. */
	stop(): void {
		this.#asking?.abort();
		this.busy = this.slow = false;
	}
}
