import { createHash } from 'node:crypto';
import type { Db } from '../db/connect.ts';
import { count } from './limit.ts';

/**
 * Tries for one email address, whether an account has it or not, from wherever they come. Whoever
 * signs in begins anew. Tries from a network address where the account has a session are counted by
 * themselves, so that strangers who keep guessing do not lock its person out there.
 */
const TRIES = { window: 600, max: 10 };

/** Before the password is looked at. Throws ServerError `too-many`. */
export async function countTry(db: Db, email: string, ip: string | null): Promise<void> {
	const [anywhere, here] = keysOf(email, ip);
	await count(db, (await isAtHome(db, email, ip)) ? here : anywhere, TRIES);
}

/** The password was right. */
export async function forgetTries(db: Db, email: string, ip: string | null): Promise<void> {
	await db.deleteFrom('rateLimit').where('key', 'in', keysOf(email, ip)).execute();
}

function keysOf(email: string, ip: string | null): [anywhere: string, here: string] {
	const account = createHash('sha256').update(email.toLowerCase()).digest('hex');
	return [`sign-in|${account}`, `sign-in|${account}|${ip}`];
}

async function isAtHome(db: Db, email: string, ip: string | null): Promise<boolean> {
	if (ip === null) return false;
	const session = await db
		.selectFrom('session')
		.innerJoin('user', 'user.id', 'session.userId')
		.select('session.id')
		.where('user.email', '=', email.toLowerCase())
		.where('session.ipAddress', '=', ip)
		.limit(1)
		.executeTakeFirst();
	return session !== undefined;
}
