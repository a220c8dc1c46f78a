import type { z } from 'zod';
import type { Invitation, InvitationPreview, InviteRequest } from '../../api/app/people.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { notFound, ServerError } from '../error.ts';
import { locksOf } from '../locks.ts';
import { hashOf, newToken } from '../token.ts';
import { actIn, addMember } from './companies.ts';
import type { Identity, Member } from './identity.ts';

/** An invitation ends after seven days. */
const INVITATION_LIFE = 7 * 24 * 3600 * 1000;

/** Invites someone; returns the invitation and its token, which is kept nowhere. */
export async function invite(
	db: Db,
	by: Member,
	request: z.output<typeof InviteRequest>
): Promise<{ invitation: Invitation; token: string }> {
	const { company } = by;
	if (company.demoEnds !== null) {
		throw new ServerError('forbidden', 'A demo company cannot invite people.');
	}
	const token = newToken();
	const now = Date.now();
	const invitation: Invitation = {
		id: newId(now),
		name: request.name,
		role: request.role,
		locks: request.role === 'member' ? request.locks : [],
		endsAt: now + INVITATION_LIFE
	};
	await db.transaction().execute(async (trx) => {
		const locks = await locksOf(trx, company.id, invitation.locks);
		await trx
			.insertInto('invitation_link')
			.values({
				id: invitation.id,
				company_id: company.id,
				name: request.name,
				role: request.role,
				locks: JSON.stringify(locks.map((lock) => lock.id)),
				token_hash: hashOf(token),
				created_by: by.userId,
				created_at: now,
				ends_at: invitation.endsAt,
				used_at: null,
				withdrawn_at: null
			})
			.execute();
		const { id, name, role } = invitation;
		await audit(trx, company.id, by.userId, 'person.invite', { id, name, role });
	});
	return { invitation, token };
}

/**
 * The page to send to the invited person. The token stands behind `#`, so that no server's or
 * proxy's log has it.
 */
export function invitationLink(origin: string, token: string): string {
	return `${origin}/invitation#${token}`;
}

/** Invitations that still stand, newest first. */
export async function listInvitations(db: Db, companyId: string): Promise<Invitation[]> {
	const rows = await db
		.selectFrom('invitation_link')
		.select(['id', 'name', 'role', 'locks', 'ends_at'])
		.where('company_id', '=', companyId)
		.where('used_at', 'is', null)
		.where('withdrawn_at', 'is', null)
		.where('ends_at', '>', Date.now())
		.orderBy('id', 'desc')
		.execute();
	const ids = [...new Set(rows.flatMap((row) => lockIds(row.locks)))];
	const macs = new Map<string, string>();
	for (let i = 0; i < ids.length; i += 1000) {
		const some = await db
			.selectFrom('lock')
			.select(['id', 'mac'])
			.where('company_id', '=', companyId)
			.where('id', 'in', ids.slice(i, i + 1000))
			.execute();
		for (const lock of some) macs.set(lock.id, lock.mac);
	}
	return rows.map(({ id, name, role, locks, ends_at }) => ({
		id,
		name,
		role,
		locks: lockIds(locks).flatMap((lock) => macs.get(lock) ?? []),
		endsAt: ends_at
	}));
}

/** Ends an invitation before its time. Throws ServerError `not-found`. */
export async function withdraw(db: Db, by: Member, id: string): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const { numUpdatedRows } = await trx
			.updateTable('invitation_link')
			.set({ withdrawn_at: Date.now() })
			.where('company_id', '=', by.company.id)
			.where('id', '=', id)
			.where('used_at', 'is', null)
			.where('withdrawn_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows === 0n) throw notFound();
		await audit(trx, by.company.id, by.userId, 'person.withdraw', { id });
	});
}

/** The invitation a token stands for, if it still stands; null for any other text. */
export async function findInvitation(db: Db, token: string) {
	const row = await lookUp(db, token);
	return row !== undefined && standing(row) ? row : null;
}

/** What the holder of a link sees. Throws ServerError `not-found` or `gone`. */
export async function previewInvitation(db: Db, token: string): Promise<InvitationPreview> {
	const { name, companyName, role, ends_at } = await demand(db, token);
	return { name, companyName, role, endsAt: ends_at };
}

/**
 * Makes the person a member, with the locks of the invitation, and uses it up; returns the person
 * as they are now. Throws ServerError `not-found`, `gone`, `conflict` for who belongs to the
 * company already.
 */
export async function acceptInvitation(db: Db, who: Identity, token: string): Promise<Member> {
	if (who.company !== null && who.company.demoEnds !== null) {
		throw new ServerError('forbidden', 'Sign up with a name of your own first.');
	}
	return db.transaction().execute(async (trx) => {
		const invitation = await demand(trx, token);
		const { id, company_id: companyId, companyName, role, locks } = invitation;
		const member = await trx
			.selectFrom('member')
			.select('id')
			.where('organizationId', '=', companyId)
			.where('userId', '=', who.userId)
			.executeTakeFirst();
		if (member) throw new ServerError('conflict', 'You belong to this company already.');
		const now = Date.now();
		const used = await trx
			.updateTable('invitation_link')
			.set({ used_at: now })
			.where('id', '=', id)
			.where('used_at', 'is', null)
			.where('withdrawn_at', 'is', null)
			.executeTakeFirst();
		if (used.numUpdatedRows === 0n) throw gone();
		await addMember(trx, companyId, who.userId, role);
		await actIn(trx, companyId, who.userId);
		const there = await trx
			.selectFrom('lock')
			.select('id')
			.where('company_id', '=', companyId)
			.where('id', 'in', [...lockIds(locks), ''])
			.execute();
		for (const lock of there) {
			await trx
				.insertInto('grant')
				.values({ company_id: companyId, lock_id: lock.id, user_id: who.userId, created_at: now })
				.execute();
		}
		await audit(trx, companyId, who.userId, 'person.join', { invitation: id, role });
		return { ...who, company: { id: companyId, name: companyName, role, demoEnds: null } };
	});
}

function lockIds(json: string): string[] {
	return JSON.parse(json) as string[];
}

async function lookUp(db: Db, token: string) {
	return db
		.selectFrom('invitation_link')
		.innerJoin('organization', 'organization.id', 'invitation_link.company_id')
		.selectAll('invitation_link')
		.select('organization.name as companyName')
		.where('token_hash', '=', hashOf(token))
		.executeTakeFirst();
}

async function demand(db: Db, token: string) {
	const row = await lookUp(db, token);
	if (row === undefined) throw notFound();
	if (!standing(row)) throw gone();
	return row;
}

interface Life {
	used_at: number | null;
	withdrawn_at: number | null;
	ends_at: number;
}

function standing({ used_at, withdrawn_at, ends_at }: Life): boolean {
	return used_at === null && withdrawn_at === null && ends_at > Date.now();
}

function gone(): ServerError {
	return new ServerError('gone', 'This invitation was used, withdrawn or has ended.');
}
