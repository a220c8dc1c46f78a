import type { ClientErrorCode } from '../client/call.ts';
import { REFUSALS, refusalOf, type RefusalWords } from './refusals.ts';

type OwnWords = Partial<Record<ClientErrorCode, RefusalWords>>;

/** Something a person sends: whether it is on its way, and why it was refused. One at a time. */
export class Send {
	busy = $state(false);
	/** What to tell, or null. */
	words: RefusalWords | null = $state.raw(null);
	readonly #own: OwnWords;

	/** @param own words of this page that fit better than the general ones */
	constructor(own: OwnWords = {}) {
		this.#own = own;
	}

	/** Runs the work; true when it was taken. Words that it answers are a refusal, too. */
	async run(work: () => Promise<RefusalWords | null | void>): Promise<boolean> {
		if (this.busy) return false;
		this.busy = true;
		this.words = null;
		try {
			this.words = (await work()) ?? null;
		} catch (cause) {
			const code = refusalOf(cause);
			this.words = this.#own[code] ?? REFUSALS[code];
		} finally {
			this.busy = false;
		}
		return this.words === null;
	}
}
