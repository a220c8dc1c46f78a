import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: 43 characters. */
export function newToken(): string {
	return randomBytes(32).toString('base64url');
}

/** SHA-256 in hex. Enough for random secrets of 256 bits, which nobody can guess. */
export function hashOf(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
