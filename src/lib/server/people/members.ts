import type { Person } from '../../api/app/people.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { notFound, ServerError } from '../error.ts';
import { locksOf } from '../locks.ts';
import { leaveDoors } from '../person-doors.ts';
import { revokePersonKeys } from '../person-keys.ts';
import { isManager, type Member } from './identity.ts';

/** Everybody of a company, by name, with the locks granted to them. */
export async function listPeople(db: Db, companyId: string): Promise<Person[]> {
	const people = await db
		.selectFrom('member')
		.innerJoin('user', 'user.id', 'member.userId')
		.select(['user.id as userId', 'user.name', 'user.email', 'member.role'])
		.where('member.organizationId', '=', companyId)
		.orderBy('user.name')
		.orderBy('user.id')
		.execute();
	const grants = await db
		.selectFrom('grant')
		.innerJoin('lock', 'lock.id', 'grant.lock_id')
		.select(['grant.user_id', 'lock.mac'])
		.where('grant.company_id', '=', companyId)
		.orderBy('lock.mac')
		.execute();
	const macs = Map.groupBy(grants, (grant) => grant.user_id);
	return people.map((person) => ({
		...person,
		locks: isManager(person.role) ? [] : (macs.get(person.userId) ?? []).map(({ mac }) => mac)
	}));
}

/**
 * Sets exactly which locks a member may open; what is left out is taken away at once, and offline
 * keys of it are revoked. Throws ServerError `not-found` (person or lock), `conflict` for who opens every lock by role.
 */
export async function grantLocks(
	db: Db,
	by: Member,
	userId: string,
	macs: readonly string[]
): Promise<void> {
	const { id: companyId } = by.company;
	await db.transaction().execute(async (trx) => {
		const role = await roleOf(trx, companyId, userId);
		if (isManager(role)) {
			throw new ServerError('conflict', 'Owners and admins open every lock.');
		}
		const locks = await locksOf(trx, companyId, macs);
		const mine = trx
			.deleteFrom('grant')
			.where('company_id', '=', companyId)
			.where('user_id', '=', userId);
		const kept = locks.map((lock) => lock.id);
		const gone = await (kept.length > 0 ? mine.where('lock_id', 'not in', kept) : mine)
			.returning('lock_id')
			.execute();
		const now = Date.now();
		const lockIds = gone.map(({ lock_id }) => lock_id);
		await revokePersonKeys(trx, { userId, companyId, lockIds }, now);
		for (const lock of locks) {
			await trx
				.insertInto('grant')
				.values({ company_id: companyId, lock_id: lock.id, user_id: userId, created_at: now })
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		}
		await audit(trx, companyId, by.userId, 'person.grant', { person: userId, locks: macs });
	});
}

/**
 * Takes a person out of the company: membership, grants, sessions, offline keys, eKeys and the
 * invitations they made that still stand. Throws ServerError `not-found`, `forbidden` when an admin removes an owner,
 * `conflict` for the last owner.
 */
export async function removePerson(db: Db, by: Member, userId: string): Promise<void> {
	const { id: companyId, role: byRole } = by.company;
	await db.transaction().execute(async (trx) => {
		const role = await roleOf(trx, companyId, userId);
		if (role === 'owner') {
			if (byRole !== 'owner') {
				throw new ServerError('forbidden', 'Only an owner can remove an owner.');
			}
			// An update counts and locks them: two owners removing each other at once leave one.
			const { numUpdatedRows: owners } = await trx
				.updateTable('member')
				.set({ role: 'owner' })
				.where('organizationId', '=', companyId)
				.where('role', '=', 'owner')
				.executeTakeFirst();
			if (owners < 2n) {
				throw new ServerError('conflict', 'A company keeps at least one owner.');
			}
		}
		await trx
			.deleteFrom('member')
			.where('organizationId', '=', companyId)
			.where('userId', '=', userId)
			.execute();
		await trx
			.deleteFrom('grant')
			.where('company_id', '=', companyId)
			.where('user_id', '=', userId)
			.execute();
		const now = Date.now();
		await trx
			.updateTable('phone')
			.set({ signed_out_at: now })
			.where('company_id', '=', companyId)
			.where('user_id', '=', userId)
			.execute();
		await revokePersonKeys(trx, { userId, companyId }, now);
		await leaveDoors(trx, { userId, companyId }, now);
		await trx.deleteFrom('session').where('userId', '=', userId).execute();
		await trx
			.updateTable('invitation_link')
			.set({ withdrawn_at: now })
			.where('company_id', '=', companyId)
			.where('created_by', '=', userId)
			.where('used_at', 'is', null)
			.where('withdrawn_at', 'is', null)
			.execute();
		await audit(trx, companyId, by.userId, 'person.remove', { person: userId, role });
	});
}

async function roleOf(db: Db, companyId: string, userId: string) {
	const row = await db
		.selectFrom('member')
		.select('role')
		.where('organizationId', '=', companyId)
		.where('userId', '=', userId)
		.executeTakeFirst();
	if (row === undefined) throw notFound();
	return row.role;
}
