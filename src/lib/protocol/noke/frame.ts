import { forward, inverse } from '../aes.ts';
import { concat, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';

/** Every packet, in both directions: 4 clear bytes and one 16-byte block. */
export const PACKET_LENGTH = 20;
export const BLOCK_LENGTH = 16;

/**
 * The key of one session: byte i is key[i] + session[i] mod 256 for the first 16 session bytes,
 * no carry (public: the mobile libraries; checked by the offline vectors).
 */
export function mix(key: Uint8Array, session: Uint8Array): Bytes {
	if (key.length !== 16) throw new ProtocolError('bad-length', 'a key is 16 bytes');
	if (session.length < 16) throw new ProtocolError('bad-length', 'a session is 20 bytes');
	return Uint8Array.from(key, (byte, i) => (byte + session[i]!) & 0xff);
}

/** Sum of block bytes 0..14, mod 256: what byte 15 must be. */
export function sum8(block: Uint8Array): number {
	let sum = 0;
	for (let i = 0; i < 15; i++) sum += block[i]!;
	return sum & 0xff;
}

/**
 * A command packet: `header ‖ D(mix(key, session), block)`. The phone uses the inverse cipher and
 * the lock the forward one; swapping them is the classic mistake.
 */
export function sealCommand(
	header: Uint8Array,
	block: Uint8Array,
	key: Uint8Array,
	session: Uint8Array
): Bytes {
	return concat(header, inverse(mix(key, session), block));
}

/** The block of a command packet, as the lock recovers it. Any key gives some block. */
export function openCommand(packet: Uint8Array, key: Uint8Array, session: Uint8Array): Bytes {
	return forward(mix(key, session), packet.subarray(4));
}

/** A server packet: `header ‖ E(mix(key, session), block)`; a lock needs only the forward cipher. */
export function sealAnswer(
	header: Uint8Array,
	block: Uint8Array,
	key: Uint8Array,
	session: Uint8Array
): Bytes {
	return concat(header, forward(mix(key, session), block));
}

/** The block of a server packet, as the server recovers it. Any key gives some block. */
export function openAnswer(packet: Uint8Array, key: Uint8Array, session: Uint8Array): Bytes {
	return inverse(mix(key, session), packet.subarray(4));
}
