import type { ClientErrorCode } from '$lib/client/call.ts';
import type { Talks } from '$lib/client/talks.svelte.ts';
import { isRunning, type Conversation } from '$lib/client/phases.ts';
import { failureWords } from '$lib/ui/failures.ts';
import { refusalOf, REFUSALS } from '$lib/ui/refusals.ts';
import { clockSeconds } from '$lib/ui/time.ts';
import { steps } from '$lib/ui/track.ts';
import { vibrate } from '$lib/ui/vibrate.ts';

const NAMES = { lock: 'the virtual padlock', owner: 'the owner' };

/** The virtual padlock of the first page: what it shows, what is to be done next. */
export class Trial {
	readonly #talks: Talks;
	/** Why the demo could not begin. */
	#refusal: ClientErrorCode | null = $state(null);
	#beginning = $state(false);
	#openedBefore = $state(false);

	constructor(talks: Talks) {
		this.#talks = talks;
	}

	get #talk(): Conversation | null {
		const mac = this.#talks.demos.padlock?.mac;
		return mac === undefined ? null : this.#talks.with({ mac, hardwareType: '4I' });
	}

	get #phase() {
		return this.#talk?.phase ?? 'idle';
	}

	get light() {
		return this.#talks.demos.padlock?.state.light ?? 'off';
	}

	get shackle() {
		return this.#talks.demos.padlock?.state.shackle ?? 'closed';
	}

	/** It is being opened at this moment. */
	get runs(): boolean {
		return isRunning(this.#phase);
	}

	get isOpen(): boolean {
		return this.#phase === 'open';
	}

	/** Its shackle is up and nothing runs. */
	get hangsOpen(): boolean {
		return this.shackle !== 'closed' && !this.runs;
	}

	/** True from the first opening on. */
	get done(): boolean {
		return this.#openedBefore || this.#talk?.openedAt != null;
	}

	/** 1: wake it, 2: tap Open, null while it runs or is open. */
	get step(): 1 | 2 | null {
		if (this.#phase === 'connecting' && !this.#talks.demos.padlock?.state.awake) return 1;
		if (this.runs || this.isOpen) return null;
		return this.#talks.demos.padlock?.state.awake ? 2 : 1;
	}

	get steps() {
		return this.#talk === null ? [] : steps(this.#talk);
	}

	/** What did not work, or null. */
	get trouble(): { title: string; text: string; first?: string } | null {
		if (this.#refusal !== null) return REFUSALS[this.#refusal];
		const failure = this.#talk?.failure;
		return failure ? failureWords(failure, NAMES) : null;
	}

	/** Words on the slab. */
	get slab(): { title: string; text: string } {
		const talk = this.#talk;
		switch (this.#phase) {
			case 'connecting':
				return this.step === 1
					? { title: 'Connecting', text: 'Press the button. Tap here to stop' }
					: { title: 'Connecting', text: 'The padlock is awake' };
			case 'asking':
				return { title: 'Asking', text: 'Asking the server for the command' };
			case 'opening':
				return { title: 'Opening', text: 'The padlock has the command' };
			case 'open':
				return { title: 'It’s open', text: `As of ${clockSeconds(talk?.openedAt ?? Date.now())}` };
			case 'asleep':
				if (talk?.endedAs?.state === 'closed')
					return { title: 'Open', text: `It reported closed at ${clockSeconds(talk.endedAs.at)}` };
				return { title: 'Open', text: 'The virtual padlock' };
			default:
				if (this.#beginning) return { title: 'Open', text: 'Making a virtual padlock' };
				return { title: 'Open', text: 'The virtual padlock' };
		}
	}

	/** Hangs up the padlock of a demo that runs already. */
	async resume(): Promise<void> {
		if (this.#talks.demos.padlock === null) await this.#begin();
	}

	/** Presses the button under it; the first press makes the demo. */
	async press(): Promise<void> {
		vibrate('tap');
		await this.#begin();
		this.#talks.demos.padlock?.press();
	}

	/** Pushes the shackle home. */
	push(): void {
		vibrate('tap');
		this.#talks.demos.padlock?.closeShackle();
	}

	/** A tap on the slab: opens it, or stops waiting for it. */
	async tap(): Promise<void> {
		if (this.#phase === 'connecting') return this.#talk?.stop();
		if (this.runs || this.isOpen) return;
		vibrate('tap');
		await this.#begin();
		await this.#talk?.open('unlock');
		if (this.#talk?.openedAt != null) this.#openedBefore = true;
	}

	async #begin(): Promise<void> {
		if (this.#talks.demos.padlock !== null) return;
		this.#refusal = null;
		this.#beginning = true;
		try {
			await this.#talks.demos.open();
		} catch (cause) {
			this.#refusal = refusalOf(cause);
		} finally {
			this.#beginning = false;
		}
	}
}
