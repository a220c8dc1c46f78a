import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const bytes = new Uint8Array(16);
/** The id made last. */
let last = '';

/**
 * A new id: 26 characters, the first ten are the time in milliseconds (Crockford's base 32, lower
 * case), the rest 80 bits: random, or one more than those of the id before when that has the same time.
 * So what one process makes one after the other sorts so, and inserts stay at the right edge of an
 * index. Not a secret.
 */
export function newId(now: number = Date.now()): string {
	const time = firstId(now);
	return (last = last.startsWith(time) ? next(last) : time + random());
}

function random(): string {
	randomFillSync(bytes);
	return Array.from(bytes, (byte) => ALPHABET[byte & 31]).join('');
}

/** The next one in order; only past 2^80 of them it would come into the time. */
function next(id: string): string {
	const kept = id.replace(/z+$/, '');
	const digit = ALPHABET.indexOf(kept.at(-1)!) + 1;
	return kept.slice(0, -1) + ALPHABET[digit] + '0'.repeat(id.length - kept.length);
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
