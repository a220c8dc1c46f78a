import { vibrateRhythm } from '$lib/ui/vibrate.ts';

/** Milliseconds of a press, of the rest after it, and until a press counts as long. */
export const SHORT = 160;
export const LONG = 800;
export const REST = 340;
export const BECOMES_LONG = 400;

/** What the light of a lock shows while its button is down for a code. */
export type Lamp = 'off' | 'short' | 'long';

/** Plays a code as it is pressed: one press after the other, with light and vibration. */
export class Player {
	/** The press that is down or was last; null while nothing is played. */
	at: number | null = $state(null);
	lamp: Lamp = $state('off');
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** From the start; what is played already ends. */
	play(code: string): void {
		this.stop();
		const times = [...code].flatMap((press) => [press === '1' ? LONG : SHORT, REST]);
		vibrateRhythm(times);
		this.#press(code, 0);
	}

	stop(): void {
		if (this.at === null) return;
		clearTimeout(this.#timer);
		vibrateRhythm([]);
		this.at = null;
		this.lamp = 'off';
	}

	#press(code: string, index: number): void {
		if (index === code.length) {
			this.at = null;
			return;
		}
		this.at = index;
		this.lamp = 'short';
		if (code[index] === '0') this.#after(SHORT, () => this.#rest(code, index));
		else
			this.#after(BECOMES_LONG, () => {
				this.lamp = 'long';
				this.#after(LONG - BECOMES_LONG, () => this.#rest(code, index));
			});
	}

	#rest(code: string, index: number): void {
		this.lamp = 'off';
		this.#after(REST, () => this.#press(code, index + 1));
	}

	#after(milliseconds: number, then: () => void): void {
		this.#timer = setTimeout(then, milliseconds);
	}
}
