import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const bytes = new Uint8Array(16);

/**
 * A new id: 26 characters, the first ten are the time in milliseconds (Crockford's base 32, lower
 * case), the rest 80 random bits. Ids of one process made in order sort in order to the
 * millisecond, so that inserts stay at the right edge of an index.
 */
export function newId(now: number = Date.now()): string {
	let id = firstId(now);
	randomFillSync(bytes);
	for (const byte of bytes) id += ALPHABET[byte & 31];
	return id;
}

/** What every id made at that time or later sorts after, and every earlier one before. */
export function firstId(now: number): string {
	let id = '';
	let time = now;
	for (let i = 0; i < 10; i++) {
		id = ALPHABET[time % 32] + id;
		time = Math.floor(time / 32);
	}
	return id;
}
