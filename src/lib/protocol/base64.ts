import type { Bytes } from './bytes.ts';
import { ProtocolError } from './errors.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
	let text = '';
	for (let i = 0; i < bytes.length; i += 3) {
		const left = Math.min(3, bytes.length - i);
		const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
		for (let j = 0; j <= left; j++) text += ALPHABET[(bits >> (18 - 6 * j)) & 63];
	}
	return text + '='.repeat(-text.length & 3);
}

/**
 * The reverse of `toBase64`.
 * @throws ProtocolError `bad-field` for another alphabet, length or padding
 */
export function fromBase64(text: string): Bytes {
	const digits = text.replace(/={0,2}$/, '');
	if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*$/.test(digits))
		throw new ProtocolError('bad-field', 'not base64');
	const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
	let bits = 0;
	for (let i = 0, at = 0; i < digits.length; i++) {
		bits = ((bits << 6) | ALPHABET.indexOf(digits[i]!)) & 0xffffff;
		if (i % 4 > 0) bytes[at++] = (bits >> (6 - 2 * (i % 4))) & 0xff;
	}
	return bytes;
}
