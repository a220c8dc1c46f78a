import { cmac, ecb } from '@noble/ciphers/aes.js';
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
