/** Numbers that look random and come again with the same seed (mulberry32). */
export class Chance {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** From 0, below 1. */
	next(): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	/** True so often. */
	in(probability: number): boolean {
		return this.next() < probability;
	}

	/** A whole number from 0, below `count`. */
	below(count: number): number {
		return Math.floor(this.next() * count);
	}

	pick<T>(from: readonly T[]): T {
		return from[this.below(from.length)]!;
	}

	bytes(length: number): Uint8Array<ArrayBuffer> {
		return Uint8Array.from({ length }, () => this.below(256));
	}

	shuffled<T>(list: readonly T[]): T[] {
		return list
			.map((item) => ({ item, at: this.next() }))
			.sort((a, b) => a.at - b.at)
			.map(({ item }) => item);
	}
}

/** Where every change begins, so that the same change gives the same answer. */
const EVERY_CHANGE = 631_392_320;

/** The seed of this run: HASP_SEED, which a long run chooses anew each time. */
export function runSeed(): number {
	return Number(process.env['HASP_SEED'] ?? EVERY_CHANGE);
}
