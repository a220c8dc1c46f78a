import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Sender } from '../../api/app/shapes.ts';
import type { Db } from '../db/connect.ts';
import { toTime } from '../db/time.ts';
import { ServerError } from '../error.ts';

export type Role = 'owner' | 'admin' | 'member';

/** The company a person acts in, with what they may do there, as the database says now. */
export interface Membership {
	readonly id: string;
	readonly name: string;
	readonly role: Role;
	/** When the demo ends, or null outside it. */
	readonly demoEnds: number | null;
}

/** Who a request comes from. */
export interface Identity {
	readonly userId: string;
	readonly name: string;
	readonly email: string;
	readonly sessionId: string;
	/** Null for someone who signed up and belongs to no company (yet, or no more). */
	readonly company: Membership | null;
	/** When the session was last renewed. */
	readonly renewedAt: number;
}

/** A person inside a company. */
export type Member = Identity & { readonly company: Membership };

/** Throws ServerError `conflict` when a phone sends for somebody else than is signed in. */
export function checkSender({ company, userId }: Member, sender: Sender): void {
	if (sender.company !== company.id || sender.person !== userId)
		throw new ServerError('conflict', 'Somebody else is signed in.');
}

/** May open every lock, and manage locks, people and keys. */
export function isManager(role: Role): boolean {
	return role === 'owner' || role === 'admin';
}

/**
 * The session token in a signed cookie of better-auth: `token.signature`, URL-encoded, signature
 * = base64 of HMAC-SHA-256 over the token. Undefined when absent or forged.
 */
export function tokenOf(cookies: string | null, name: string, secret: string): string | undefined {
	const pair = cookies?.split(/; */).find((part) => part.startsWith(`${name}=`));
	if (pair === undefined) return undefined;
	let value: string;
	try {
		value = decodeURIComponent(pair.slice(name.length + 1));
	} catch {
		return undefined;
	}
	const dot = value.lastIndexOf('.');
	if (dot < 1) return undefined;
	const token = value.slice(0, dot);
	const given = Buffer.from(value.slice(dot + 1));
	const right = Buffer.from(createHmac('sha256', secret).update(token).digest('base64'));
	return given.length === right.length && timingSafeEqual(given, right) ? token : undefined;
}

/**
 * Who holds this session token, by one query: roles and sessions count from the moment they are
 * changed. Null when the session, or the demo it belongs to, has ended.
 */
export async function identify(db: Db, token: string, now: number): Promise<Identity | null> {
	const rows = await db
		.selectFrom('session')
		.innerJoin('user', 'user.id', 'session.userId')
		.leftJoin('member', 'member.userId', 'user.id')
		.leftJoin('organization', 'organization.id', 'member.organizationId')
		.leftJoin('demo', 'demo.company_id', 'organization.id')
		.select([
			'session.id as sessionId',
			'session.expiresAt',
			'session.updatedAt',
			'session.activeOrganizationId as active',
			'user.id as userId',
			'user.name',
			'user.email',
			'member.role',
			'organization.id as companyId',
			'organization.name as companyName',
			'demo.ends_at as demoEnds'
		])
		.where('session.token', '=', token)
		.orderBy('member.id')
		.execute();
	const row = rows.find((r) => r.companyId === r.active) ?? rows[0];
	if (row === undefined || toTime(row.expiresAt) <= now) return null;
	if (row.demoEnds !== null && row.demoEnds <= now) return null;
	const { companyId, companyName, role, demoEnds } = row;
	return {
		userId: row.userId,
		name: row.name,
		email: row.email,
		sessionId: row.sessionId,
		renewedAt: toTime(row.updatedAt),
		company:
			companyId !== null && companyName !== null && role !== null
				? { id: companyId, name: companyName, role, demoEnds }
				: null
	};
}
