import type { ColumnType } from 'kysely';

/*
 * The tables of better-auth keep its own names and types: camelCase, times as ISO text on SQLite
 * and as Date on PostgreSQL. Read those times with `toTime` of time.ts.
 */

type AuthTime = ColumnType<string | Date, string | Date, string | Date>;
type AuthFlag = ColumnType<number | boolean, number | boolean, number | boolean>;

export interface UserTable {
	id: string;
	name: string;
	email: string;
	emailVerified: AuthFlag;
	image: string | null;
	createdAt: AuthTime;
	updatedAt: AuthTime;
}

export interface SessionTable {
	id: string;
	expiresAt: AuthTime;
	token: string;
	createdAt: AuthTime;
	updatedAt: AuthTime;
	ipAddress: string | null;
	userAgent: string | null;
	userId: string;
	activeOrganizationId: string | null;
}

export interface AccountTable {
	id: string;
	accountId: string;
	providerId: string;
	userId: string;
	/** scrypt hash, made by better-auth. */
	password: string | null;
	createdAt: AuthTime;
	updatedAt: AuthTime;
}

export interface OrganizationTable {
	id: string;
	name: string;
	slug: string;
	logo: string | null;
	createdAt: AuthTime;
	metadata: string | null;
}

export interface MemberTable {
	id: string;
	organizationId: string;
	userId: string;
	role: 'owner' | 'admin' | 'member';
	createdAt: AuthTime;
}

export interface RateLimitTable {
	id: string;
	key: string;
	count: number;
	lastRequest: number;
}
