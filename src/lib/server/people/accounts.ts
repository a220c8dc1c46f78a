import { z } from 'zod';
import { audit } from '../audit.ts';
import type { Server } from '../context.ts';
import type { Db, Dialect } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';
import { newToken } from '../token.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from './auth.ts';
import { addMember } from './companies.ts';
import type { Role } from './identity.ts';

/** A person the operator adds from the command line. */
export const NewPerson = z.object({
	email: z.email().max(254).toLowerCase(),
	name: z.string().trim().min(1).max(80),
	role: z.enum(['owner', 'admin', 'member'])
});

export interface AddedPerson {
	userId: string;
	email: string;
	name: string;
	role: Role;
	/** Only when it was made here. */
	password?: string;
}

/**
 * Makes an account and a member of the company; with a password of its own unless one is given.
 * An address that has an account keeps it, name and password included, and only joins. Throws
 * ServerError `bad-input`, `conflict` for who belongs to the company already.
 */
export async function addPerson(
	{ connection: { db, dialect }, auth }: Server,
	companyId: string,
	actor: string,
	person: z.output<typeof NewPerson>,
	given: string | undefined
): Promise<AddedPerson> {
	const password = given ?? newToken().slice(0, 20);
	if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
		const message = `A password has ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`;
		throw new ServerError('bad-input', message);
	}
	// Before the transaction: hashing takes 50 ms and more.
	const context = await auth.$context;
	const hash = await context.password.hash(password);
	return db.transaction().execute(async (trx) => {
		const { email, role } = person;
		const known = await trx
			.selectFrom('user')
			.select(['id', 'name'])
			.where('email', '=', email)
			.executeTakeFirst();
		const userId = known?.id ?? newId();
		const name = known?.name ?? person.name;
		if (known === undefined) await insertPerson(trx, dialect, { id: userId, name, email }, hash);
		const member = await trx
			.selectFrom('member')
			.select('id')
			.where('organizationId', '=', companyId)
			.where('userId', '=', userId)
			.executeTakeFirst();
		if (member) throw new ServerError('conflict', `${email} belongs to this company already.`);
		await addMember(trx, companyId, userId, role);
		await audit(trx, companyId, actor, 'person.add', { person: userId, role });
		const made = known === undefined && given === undefined ? { password } : {};
		return { userId, email, name, role, ...made };
	});
}

/** Somebody who signs in with this password, hashed by better-auth. */
export async function insertPerson(
	db: Db,
	dialect: Dialect,
	person: { id: string; name: string; email: string },
	hash: string
): Promise<void> {
	await insertUser(db, dialect, person);
	const now = new Date().toISOString();
	await db
		.insertInto('account')
		.values({
			id: newId(),
			accountId: person.id,
			providerId: 'credential',
			userId: person.id,
			password: hash,
			createdAt: now,
			updatedAt: now
		})
		.execute();
}

/** A row of better-auth's `user`, whose flags are boolean on PostgreSQL only. */
export async function insertUser(
	db: Db,
	dialect: Dialect,
	{ id, name, email }: { id: string; name: string; email: string }
): Promise<void> {
	const now = new Date().toISOString();
	await db
		.insertInto('user')
		.values({
			id,
			name,
			email,
			emailVerified: dialect === 'postgres' ? false : 0,
			image: null,
			createdAt: now,
			updatedAt: now
		})
		.execute();
}
