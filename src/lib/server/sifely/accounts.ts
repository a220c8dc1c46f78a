import type { Selectable } from 'kysely';
import type { Budgets } from '../budget.ts';
import type { Db } from '../db/connect.ts';
import type { SifelyAccountTable } from '../db/door-tables.ts';
import { notFound } from '../error.ts';
import { SifelyError } from './error.ts';
import { newNumber } from './numbers.ts';
import { hashMd5, md5Of } from './passwords.ts';

export type AccountRow = Selectable<SifelyAccountTable>;

/** An account of the company by its name, or undefined. */
export async function findAccount(
	db: Db,
	companyId: string,
	username: string
): Promise<AccountRow | undefined> {
	return db
		.selectFrom('sifely_account')
		.selectAll()
		.where('company_id', '=', companyId)
		.where('username', '=', nameOf(username))
		.executeTakeFirst();
}

/** How a name is kept: an e-mail address knows no case. */
export function nameOf(username: string): string {
	const name = username.trim();
	return name.includes('@') ? name.toLowerCase() : name;
}

/** Makes an account; undefined when the name, or the person, has one already. */
export async function addAccount(
	db: Db,
	account: Omit<AccountRow, 'id' | 'created_at'>
): Promise<AccountRow | undefined> {
	const id = await newNumber(db, 'sifely_account');
	return db
		.insertInto('sifely_account')
		.values({ ...account, id, created_at: Date.now() })
		.onConflict((conflict) => conflict.doNothing())
		.returningAll()
		.executeTakeFirst();
}

/**
 * Who is to get an eKey. People of the company are known by their e-mail address without having been
 * registered; a telephone number or an address that nobody has is made an account when that is asked
 * for, which hashes a password. Throws SifelyError `not-registered`, ServerError `too-many`.
 * @param create what that may cost, or null
 */
export async function receiverOf(
	db: Db,
	companyId: string,
	username: string,
	create: { readonly hashes: Budgets['hashes'] } | null
): Promise<AccountRow> {
	const found =
		(await findAccount(db, companyId, username)) ?? (await personNamed(db, companyId, username));
	if (found !== undefined) return found;
	if (create === null || !isReachable(username))
		throw new SifelyError('not-registered', 'nobody has this username');
	create.hashes.take(companyId, Date.now());
	return createAccount(db, companyId, username.trim());
}

/**
 * The account of a person of the company, made at the first need: their locks and eKeys hang on it.
 * It has no password for the open API, and another name than their address when that is taken.
 */
export async function accountOfPerson(
	db: Db,
	companyId: string,
	person: { userId: string; email: string }
): Promise<AccountRow> {
	const mine = () =>
		db
			.selectFrom('sifely_account')
			.selectAll()
			.where('company_id', '=', companyId)
			.where('user_id', '=', person.userId)
			.executeTakeFirst();
	const account = {
		company_id: companyId,
		app_id: null,
		username: nameOf(person.email),
		password_hash: null,
		origin: 'person' as const,
		must_change: 0,
		user_id: person.userId
	};
	const found = (await mine()) ?? (await addAccount(db, account)) ?? (await mine());
	if (found !== undefined) return found;
	const taken = await takeUnused(db, account);
	if (taken !== undefined) return taken;
	// Nobody has proven this address: what somebody else has under it stays theirs.
	for (let next = 2; ; next++) {
		const username = `${account.username}#${next}`;
		const made = (await addAccount(db, { ...account, username })) ?? (await mine());
		if (made !== undefined) return made;
	}
}

/** The account of this name when nothing hangs on it; the password that others could guess ends. */
async function takeUnused(
	db: Db,
	account: Pick<AccountRow, 'company_id' | 'username' | 'user_id'>
): Promise<AccountRow | undefined> {
	const taken = await db
		.updateTable('sifely_account')
		.set({ user_id: account.user_id, password_hash: null, must_change: 0 })
		.where('company_id', '=', account.company_id)
		.where('username', '=', account.username)
		.where('user_id', 'is', null)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('ekey').select('ekey.id').whereRef('account_id', '=', 'sifely_account.id')
				)
			)
		)
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom('door_lock')
						.select('door_lock.id')
						.whereRef('owner_id', '=', 'sifely_account.id')
				)
			)
		)
		.returningAll()
		.executeTakeFirst();
	if (taken) await db.deleteFrom('sifely_token').where('account_id', '=', taken.id).execute();
	return taken;
}

async function personNamed(
	db: Db,
	companyId: string,
	username: string
): Promise<AccountRow | undefined> {
	if (!username.includes('@')) return undefined;
	const person = await db
		.selectFrom('member')
		.innerJoin('user', 'user.id', 'member.userId')
		.select(['user.id as userId', 'user.email'])
		.where('member.organizationId', '=', companyId)
		.where('user.email', '=', nameOf(username))
		.executeTakeFirst();
	return person && accountOfPerson(db, companyId, person);
}

/** The account of a person of the company. Throws ServerError `not-found` for everybody else. */
export async function accountOfMember(
	db: Db,
	companyId: string,
	userId: string
): Promise<AccountRow> {
	const person = await db
		.selectFrom('member')
		.innerJoin('user', 'user.id', 'member.userId')
		.select(['user.id as userId', 'user.email'])
		.where('member.organizationId', '=', companyId)
		.where('user.id', '=', userId)
		.executeTakeFirst();
	if (person === undefined) throw notFound();
	return accountOfPerson(db, companyId, person);
}

/** A telephone number or an e-mail address. */
function isReachable(username: string): boolean {
	return /^\+?\d{6,15}$/.test(username) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(username);
}

/**
 * As this API has it, the password is the last six characters of the name. Everybody can guess it, so
 * the account is flagged until it is changed.
 */
async function createAccount(db: Db, companyId: string, username: string): Promise<AccountRow> {
	const made = await addAccount(db, {
		company_id: companyId,
		app_id: null,
		username: nameOf(username),
		password_hash: await hashMd5(md5Of(username.slice(-6))),
		origin: 'created',
		must_change: 1,
		user_id: null
	});
	// Another request made it meanwhile.
	const account = made ?? (await findAccount(db, companyId, username));
	if (account === undefined) throw new SifelyError('failed', 'the account is gone; try again');
	return account;
}
