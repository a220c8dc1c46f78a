import { PRESSES } from '$lib/api/app/quick-clicks.ts';

/** A code is a string of `1` for each long press and `0` for each short one. */

/** Presses that a code is drawn with: fewer are guessed within the hour, more are hard to learn. */
export const LENGTHS = [6, 7, 8, 9, 10, 12, 16] as const;
export const USUAL_LENGTH = 8;

/** Codes drawn before it is plain that none of this length is free. */
const DRAWS = 200;

/** Random bytes, as `crypto.getRandomValues` fills them. */
export type Random = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/**
 * A code drawn at random that is neither taken nor plain, each as likely as any other; null when
 * chance finds none.
 * @param taken codes of the lock
 */
export function drawCode(
	length: number,
	taken: readonly string[],
	random: Random = (bytes) => crypto.getRandomValues(bytes)
): string | null {
	for (let draws = 0; draws < DRAWS; draws++) {
		const bytes = new Uint8Array(length);
		random(bytes);
		const code = Array.from(bytes, (byte) => byte & 1).join('');
		if (!isPlain(code) && !taken.includes(code)) return code;
	}
	return null;
}

/**
 * Whether it is among those that people try first: it changes at most once, or repeats one, two or
 * three presses all along.
 */
export function isPlain(code: string): boolean {
	const changes = [...code].filter((press, i) => i > 0 && press !== code[i - 1]).length;
	if (changes <= 1) return true;
	return [1, 2, 3].some((period) => [...code].every((press, i) => press === code[i % period]));
}

/** What is pressed, in words: `long, short, short`. */
export function spoken(code: string): string {
	return [...code].map((press) => (press === '1' ? 'long' : 'short')).join(', ');
}

/** Four presses a line, as they are drawn and learnt. */
export function lines(code: string): { long: boolean; index: number }[][] {
	const presses = [...code].map((press, index) => ({ long: press === '1', index }));
	return Array.from({ length: Math.ceil(presses.length / 4) }, (_, i) =>
		presses.slice(i * 4, i * 4 + 4)
	);
}

/** A code as somebody writes it: letters, words, digits or dots and dashes. Null when it is none. */
export function readCode(text: string): string | null {
	const words = text.toLowerCase().replace(/long/g, '1').replace(/short/g, '0');
	const code = words
		.replace(/[\s,]/g, '')
		.replace(/[l–—_-]/g, '1')
		.replace(/[s.·•]/g, '0');
	const { least, most } = PRESSES;
	return /^[01]+$/.test(code) && code.length >= least && code.length <= most ? code : null;
}

/** A code as `readCode` reads it, in fours: `L L S L  S S L L`. */
export function writeCode(code: string): string {
	const letters = [...code].map((press) => (press === '1' ? 'L' : 'S'));
	return letters.map((letter, i) => (i > 0 && i % 4 === 0 ? ` ${letter}` : letter)).join(' ');
}

/** What somebody entered for practice: null when it is the code, else what was not as it is. */
export function mistakeIn(entered: string, code: string): string | null {
	const name = (press: string | undefined) => (press === '1' ? 'long' : 'short');
	const at = [...entered].findIndex((press, i) => i < code.length && press !== code[i]);
	if (at >= 0)
		return `Press ${at + 1} was ${name(entered[at])}; it is ${name(code[at])}. Try it again.`;
	if (entered.length === code.length) return null;
	return `${entered.length === 1 ? '1 press' : `${entered.length} presses`}; it has ${code.length}. Try it again.`;
}
