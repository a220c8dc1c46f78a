import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** As better-auth has it for people: about 50 ms. */
const COST = { N: 16_384, r: 16, p: 1, maxmem: 64 * 1024 * 1024 };
const LENGTH = 64;

const derive = promisify<string, string, number, typeof COST, Buffer>(scrypt);

/**
 * What is kept of a password: `salt:key`, both hex, scrypt over the MD5 that this API sends. The MD5
 * itself opens the account, so it is kept as little as the password.
 */
export async function hashMd5(md5: string): Promise<string> {
	const salt = randomBytes(16).toString('hex');
	return `${salt}:${(await derive(md5, salt, LENGTH, COST)).toString('hex')}`;
}

/**
 * Whether this MD5 is that of the password. Without a hash it is not, after as long: so nobody learns
 * from the clock which names exist.
 */
export async function isMd5Of(md5: string, hash: string | null): Promise<boolean> {
	const [salt = '', kept = ''] = (hash ?? '').split(':');
	const given = await derive(md5, salt, LENGTH, COST);
	const right = Buffer.from(kept, 'hex');
	return right.length === LENGTH && timingSafeEqual(given, right);
}

/** What clients of this API do to a password before they send it. */
export function md5Of(password: string): string {
	return createHash('md5').update(password).digest('hex');
}
