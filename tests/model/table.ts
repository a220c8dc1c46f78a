/** Rows of equal length, each held once, numbered in the order in which they came. */
export class Table {
	readonly width: number;
	size = 0;
	#rows: Uint16Array;
	/** Open addressing; row number + 1, 0 for an empty place. Its length is a power of two. */
	#places = new Int32Array(1 << 16);

	constructor(width: number) {
		this.width = width;
		this.#rows = new Uint16Array(width << 14);
	}

	/** A view of a row; it is valid until the next `add`. */
	row(number: number): Uint16Array {
		return this.#rows.subarray(number * this.width, (number + 1) * this.width);
	}

	/** The number of a row that was not there yet, or -1. */
	add(row: Uint16Array): number {
		let place = this.#placeOf(row);
		if (this.#places[place] !== 0) return -1;
		if ((this.size + 1) * 2 > this.#places.length) {
			this.#grow();
			place = this.#placeOf(row);
		}
		if ((this.size + 1) * this.width > this.#rows.length) {
			const rows = new Uint16Array(this.#rows.length * 2);
			rows.set(this.#rows);
			this.#rows = rows;
		}
		this.#rows.set(row, this.size * this.width);
		this.#places[place] = ++this.size;
		return this.size - 1;
	}

	/** Where the row is, or where it would be. */
	#placeOf(row: Uint16Array): number {
		const { width } = this;
		let hash = 0x811c9dc5;
		for (let i = 0; i < width; i++) hash = Math.imul(hash ^ row[i]!, 0x01000193);
		const mask = this.#places.length - 1;
		for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
			const held = this.#places[place]!;
			if (held === 0 || this.#equals(held - 1, row)) return place;
		}
	}

	#equals(number: number, row: Uint16Array): boolean {
		const from = number * this.width;
		for (let i = 0; i < this.width; i++) if (this.#rows[from + i] !== row[i]) return false;
		return true;
	}

	#grow(): void {
		this.#places = new Int32Array(this.#places.length * 2);
		for (let number = 0; number < this.size; number++)
			this.#places[this.#placeOf(this.row(number))] = number + 1;
	}
}
