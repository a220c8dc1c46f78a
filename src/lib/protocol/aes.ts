import { cbc, cmac, ecb } from '@noble/ciphers/aes.js';
import type { Bytes } from './bytes.ts';

/** AES-128 forward cipher of one 16-byte block (FIPS-197). */
export function forward(key: Uint8Array, block: Uint8Array): Bytes {
	return ecb(key, { disablePadding: true }).encrypt(block) as Bytes;
}

/** AES-128 inverse cipher of one 16-byte block. */
export function inverse(key: Uint8Array, block: Uint8Array): Bytes {
	return ecb(key, { disablePadding: true }).decrypt(block) as Bytes;
}

/** AES-CMAC, 16 bytes (RFC 4493). */
export function mac(key: Uint8Array, message: Uint8Array): Bytes {
	return cmac(message, key) as Bytes;
}

/**
 * AES-128-CBC with PKCS#7 padding (NIST SP 800-38A, RFC 5652).
 * @returns a multiple of 16 bytes, longer than the plain text
 */
export function sealCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Bytes {
	return cbc(key, iv).encrypt(plain) as Bytes;
}

/** The reverse of `sealCbc`; null when the length or the padding is not its work. */
export function openCbc(key: Uint8Array, iv: Uint8Array, sealed: Uint8Array): Bytes | null {
	if (sealed.length === 0 || sealed.length % 16 !== 0) return null;
	const padded = cbc(key, iv, { disablePadding: true }).decrypt(sealed) as Bytes;
	const padding = padded.at(-1)!;
	if (padding < 1 || padding > 16) return null;
	const end = padded.length - padding;
	return padded.subarray(end).every((byte) => byte === padding) ? padded.slice(0, end) : null;
}
