import { sql } from 'kysely';
import { audit } from '../audit.ts';
import type { Connection, Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';
import type { Identity, Member, Role } from './identity.ts';

export interface Company {
	id: string;
	name: string;
}

/** True while no company but demo companies exists. */
export async function isFirstRun(db: Db): Promise<boolean> {
	const row = await db
		.selectFrom('organization')
		.leftJoin('demo', 'demo.company_id', 'organization.id')
		.select('organization.id')
		.where('demo.company_id', 'is', null)
		.limit(1)
		.executeTakeFirst();
	return row === undefined;
}

/** Adds a company without people. */
export async function addCompany(db: Db, name: string, actor: string): Promise<Company> {
	const id = newId();
	const values = { id, name, slug: id, logo: null, createdAt: new Date().toISOString() };
	await db
		.insertInto('organization')
		.values({ ...values, metadata: null })
		.execute();
	await audit(db, id, actor, 'company.add', { name });
	return { id, name };
}

/** Makes a person a member of a company. */
export async function addMember(db: Db, companyId: string, userId: string, role: Role) {
	const createdAt = new Date().toISOString();
	await db
		.insertInto('member')
		.values({ id: newId(), organizationId: companyId, userId, role, createdAt })
		.execute();
}

/** Chooses a company for all sessions of a person. */
export async function actIn(db: Db, companyId: string, userId: string): Promise<void> {
	await db
		.updateTable('session')
		.set({ activeOrganizationId: companyId })
		.where('userId', '=', userId)
		.execute();
}

/**
 * The first company, with the caller as its owner; returns the caller as they are now. Throws
 * ServerError `conflict` once there is one: two people on the first-run page at once do not both
 * become owners.
 */
export async function foundCompany(
	{ db, dialect }: Connection,
	who: Identity,
	name: string
): Promise<Member> {
	if (who.company !== null && who.company.demoEnds !== null) {
		throw new ServerError('forbidden', 'Sign up with a name of your own first.');
	}
	return db.transaction().execute(async (trx) => {
		// SQLite has one writer; PostgreSQL must be told that founding goes one after another.
		if (dialect === 'postgres') await sql`lock table "organization" in exclusive mode`.execute(trx);
		if (!(await isFirstRun(trx))) {
			throw new ServerError('conflict', 'A company is set up here already: ask for an invitation.');
		}
		const { id } = await addCompany(trx, name, who.userId);
		await addMember(trx, id, who.userId, 'owner');
		await actIn(trx, id, who.userId);
		return { ...who, company: { id, name, role: 'owner', demoEnds: null } };
	});
}

/** The name of the owner, the earliest if there are several; '' for a company without one. */
export async function ownerName(db: Db, companyId: string): Promise<string> {
	const row = await db
		.selectFrom('member')
		.innerJoin('user', 'user.id', 'member.userId')
		.select('user.name')
		.where('member.organizationId', '=', companyId)
		.where('member.role', '=', 'owner')
		.orderBy('member.createdAt')
		.limit(1)
		.executeTakeFirst();
	return row?.name ?? '';
}
