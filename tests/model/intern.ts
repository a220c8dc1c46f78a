/** A state has 16 bits for each of its numbers. */
const MOST = 0xffff;

/** Gives equal values one small number, so that a state is a row of numbers. */
export class Interned<T> {
	readonly #ids = new Map<string, number>();
	readonly #values: T[] = [];

	id(value: T): number {
		const text = JSON.stringify(value);
		const known = this.#ids.get(text);
		if (known !== undefined) return known;
		const id = this.#values.push(value) - 1;
		if (id > MOST) throw new Error('too many values for a state of 16-bit numbers');
		this.#ids.set(text, id);
		return id;
	}

	value(id: number): T {
		return this.#values[id]!;
	}

	get size(): number {
		return this.#values.length;
	}
}
