import { ProtocolError } from './errors.ts';

/** Octets. The protocol room never changes an array that it was given. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Lower-case hex, two characters a byte. */
export function toHex(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
	return text;
}

/**
 * Bytes of a hex string, either case.
 * @param length the number of bytes it must have
 * @throws ProtocolError `bad-hex` for another alphabet or an odd count, `bad-length` for another length
 */
export function fromHex(text: string, length = text.length / 2): Bytes {
	if (!/^(?:[0-9a-fA-F]{2})*$/.test(text)) throw new ProtocolError('bad-hex', 'not hex');
	if (text.length !== length * 2)
		throw new ProtocolError('bad-length', `${length} bytes expected, ${text.length / 2} given`);
	const bytes = new Uint8Array(length);
	for (let i = 0; i < length; i++) bytes[i] = parseInt(text.slice(2 * i, 2 * i + 2), 16);
	return bytes;
}

/** All parts one after the other, in a new array. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

/** Whether both hold the same bytes, in a time that depends on the length alone. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
	return difference === 0;
}

/** The ASCII bytes of a text. */
export function ascii(text: string): Bytes {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** `size` bytes of a non-negative integer, the lowest first. */
export function littleEndian(value: number, size: number): Bytes {
	const bytes = new Uint8Array(size);
	for (let i = 0; i < size; i++) bytes[i] = Math.floor(value / 2 ** (8 * i)) % 256;
	return bytes;
}

/** `size` bytes of a non-negative integer, the highest first. */
export function bigEndian(value: number, size: number): Bytes {
	return littleEndian(value, size).reverse();
}

/**
 * The integer in `size` bytes from `at`, the lowest first.
 * @throws ProtocolError `bad-length` when the bytes end before it
 */
export function readLittleEndian(bytes: Uint8Array, at: number, size: number): number {
	if (at + size > bytes.length) throw new ProtocolError('bad-length', 'the bytes end too early');
	let value = 0;
	for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
	return value;
}

/**
 * The integer in `size` bytes from `at`, the highest first.
 * @throws ProtocolError `bad-length` when the bytes end before it
 */
export function readBigEndian(bytes: Uint8Array, at: number, size: number): number {
	if (at + size > bytes.length) throw new ProtocolError('bad-length', 'the bytes end too early');
	let value = 0;
	for (let i = 0; i < size; i++) value = value * 256 + bytes[at + i]!;
	return value;
}

/** The text of ASCII bytes. */
export function readAscii(bytes: Uint8Array): string {
	return String.fromCharCode(...bytes);
}
