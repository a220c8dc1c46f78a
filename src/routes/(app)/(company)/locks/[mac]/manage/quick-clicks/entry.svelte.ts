import { PRESSES } from '$lib/api/app/quick-clicks.ts';
import { BECOMES_LONG, type Lamp } from './player.svelte.ts';

/** Milliseconds without a press that end a code, as on the lock. */
export const PAUSE = 2_000;

/** A code that somebody presses, measured as the lock measures it. */
export class Entry {
	/** The presses so far. */
	code = $state('');
	lamp: Lamp = $state('off');
	readonly #done: (code: string) => void;
	#downAt: number | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** @param done told at the pause, with what was pressed */
	constructor(done: (code: string) => void) {
		this.#done = done;
	}

	down(now: number): void {
		if (this.#downAt !== null) return;
		clearTimeout(this.#timer);
		this.#downAt = now;
		this.lamp = 'short';
		this.#timer = setTimeout(() => (this.lamp = 'long'), BECOMES_LONG);
	}

	up(now: number): void {
		if (this.#downAt === null) return;
		clearTimeout(this.#timer);
		const press = now - this.#downAt >= BECOMES_LONG ? '1' : '0';
		this.#downAt = null;
		this.lamp = 'off';
		// One more than any code tells that it is too long.
		this.code = (this.code + press).slice(0, PRESSES.most + 1);
		this.#timer = setTimeout(() => this.#end(), PAUSE);
	}

	/** Forgets what was pressed. */
	clear(): void {
		clearTimeout(this.#timer);
		this.#downAt = null;
		this.code = '';
		this.lamp = 'off';
	}

	#end(): void {
		const { code } = this;
		this.clear();
		this.#done(code);
	}
}
