import { getIP } from 'better-auth/api';
import type { FirstSignInRequest } from '../../api/app/first-sign-in.ts';
import { audit } from '../audit.ts';
import type { Server } from '../context.ts';
import type { Db } from '../db/connect.ts';
import { isDuplicate } from '../db/error.ts';
import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';
import { insertPerson } from '../people/accounts.ts';
import { addMember } from '../people/companies.ts';
import { count } from '../people/limit.ts';
import { hashOf } from '../token.ts';
import { nameOf, type AccountRow } from './accounts.ts';
import { hashMd5, isMd5Of, md5Of } from './passwords.ts';

/** Tries of one address, as seconds. */
const TRIES = { window: 600, max: 30 };
/** Companies whose eKeys one name is let at together: each costs a slow hash. */
const COMPANIES = 5;

/**
 * Makes somebody to whom eKeys were sent before they had an account a person of those companies, with a
 * password of their own in place of the first one, which everybody can guess. Throws ServerError
 * `forbidden` for a wrong name or password, `bad-input` without an address to sign in with, `conflict`
 * for an address that signs in here already, `too-many`.
 */
export async function firstSignIn(
	{ connection: { db, dialect }, auth, budgets }: Server,
	request: Request,
	{ username, password, name, email: given, newPassword }: FirstSignInRequest
): Promise<{ email: string }> {
	const email = username.includes('@') ? nameOf(username) : given?.toLowerCase();
	// Before anything else: the answer must not tell whether somebody has this name.
	if (email === undefined)
		throw new ServerError('bad-input', 'email: an address to sign in with is needed.');
	await count(db, `first-sign-in|${getIP(request, auth.options) ?? 'unknown'}`, TRIES);
	const now = Date.now();
	const tried = hashOf(JSON.stringify(['first-sign-in', nameOf(username)]));
	budgets.hashes.take('first-sign-in', now);
	// Spent before the slow hash, as for the open API.
	budgets.guesses.take(tried, now);
	const accounts = await provenBy(db, nameOf(username), md5Of(password));
	if (accounts.length === 0) throw wrong();
	const context = await auth.$context;
	const [hash, password_hash] = [
		await context.password.hash(newPassword),
		await hashMd5(md5Of(newPassword))
	];
	const userId = newId();
	try {
		await db.transaction().execute(async (trx) => {
			await insertPerson(trx, dialect, { id: userId, name, email }, hash);
			for (const account of accounts) await join(trx, account, userId, password_hash);
		});
	} catch (cause) {
		if (!isDuplicate(cause)) throw cause;
		const message = 'This address signs in here already. Ask who sent the eKey to invite you.';
		throw new ServerError('conflict', message, { cause });
	}
	budgets.guesses.giveBack(tried, Date.now());
	return { email };
}

function wrong(): ServerError {
	return new ServerError('forbidden', 'Wrong name or password, or it was changed already.');
}

/** The accounts of this name that still have this first password, one a company. */
async function provenBy(db: Db, username: string, md5: string): Promise<AccountRow[]> {
	const found = await db
		.selectFrom('sifely_account')
		.selectAll()
		.where('username', '=', username)
		.where('origin', '=', 'created')
		.where('must_change', '=', 1)
		.where('user_id', 'is', null)
		.where('password_hash', 'is not', null)
		.orderBy('id')
		.limit(COMPANIES)
		.execute();
	// As long for a name that nobody has.
	if (found.length === 0) await isMd5Of(md5, null);
	const proven = [];
	for (const account of found) if (await isMd5Of(md5, account.password_hash)) proven.push(account);
	return proven;
}

async function join(
	trx: Db,
	account: AccountRow,
	user_id: string,
	password_hash: string
): Promise<void> {
	const { numUpdatedRows } = await trx
		.updateTable('sifely_account')
		.set({ user_id, password_hash, must_change: 0 })
		.where('id', '=', account.id)
		// The very password that was compared, which somebody else may have changed meanwhile.
		.where('password_hash', '=', account.password_hash)
		.where('must_change', '=', 1)
		.where('user_id', 'is', null)
		.executeTakeFirst();
	if (numUpdatedRows === 0n) throw wrong();
	await trx.deleteFrom('sifely_token').where('account_id', '=', account.id).execute();
	await addMember(trx, account.company_id, user_id, 'member');
	const deed = { account: account.id, role: 'member' };
	await audit(trx, account.company_id, user_id, 'person.join', deed);
}
