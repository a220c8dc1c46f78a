import type { ColumnType } from 'kysely';
import type { ClaimTable, CompanySettingTable, PhoneTable, SlotTable } from './slot-tables.ts';

/*
 * Conventions of both databases: ids are text made in the app (`newId`), times are integer
 * milliseconds since 1970 UTC, flags are 0 or 1, JSON is text, MACs are `F1:E2:D3:C4:B5:A6`.
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

export type EnvironmentName = 'production' | 'sandbox';

export interface ApiKeyTable {
	id: string;
	company_id: string;
	environment: EnvironmentName;
	kind: 'private' | 'mobile';
	/** SHA-256 of the secret, 64 hex characters. */
	hash: string;
	/** First characters of the secret. */
	hint: string;
	created_at: number;
	revoked_at: number | null;
}

export interface LockTable {
	id: string;
	company_id: string;
	environment: EnvironmentName;
	mac: string;
	serial: string;
	name: string;
	place: string;
	hardware_type: string;
	firmware: string;
	/** The name of who added it, as it was then. */
	created_by: string;
	created_at: number;
	setup_count: number;
	battery_mv: number | null;
	battery_at: number | null;
	external_battery_mv: number | null;
	state: 'open' | 'unshackled' | 'closed' | null;
	state_at: number | null;
	last_opened_at: number | null;
	/** Tracking key of the last opening. */
	last_opened_by: string | null;
	/** Sealed (`seal`, column `base_key`): 16 bytes. */
	base_key: string;
	/** Sealed (`seal`, column `root`): 32 random bytes, made when the lock is added. */
	root: string;
	gen: number;
	phase: 'steady' | 'offered' | 'recover';
	/** Epoch proven by the lock. */
	active: number;
	/** Epoch offered to the lock, or null. */
	pending: number | null;
	/** JSON: what the pending epoch changes, frozen when it was first offered. */
	pending_changes: string | null;
	/** 0..255. */
	next_reference: number;
	/** Every log record up to this counter is here, or is known to be lost. */
	log_cursor: number;
	/** A counter the lock has reached: while it is above the cursor, records are missing here. */
	log_seen: number;
	/** How often the lock's keys were declared unknown. */
	recovery: number;
	alarm: string | null;
	/** JSON. */
	settings: string;
	/** Slots that are not free, and of them those that wait for the lock: issued, revoked. */
	slots_used: number;
	slots_waiting: number;
	slots_revoking: number;
	/** Slot changes that no set of changes carries yet. */
	slot_changes: number;
	/** 1 when nobody knows what the lock's slots hold: the next set empties them first. */
	slot_reset: number;
	/** Issue numbers at or below it may have been used by a life of this database that was lost. */
	issue_base: number;
	/** When the window of one of its slots is to be written again, or null. */
	renew_at: number | null;
}

export interface GrantTable {
	company_id: string;
	lock_id: string;
	user_id: string;
	created_at: number;
}

export interface InvitationLinkTable {
	id: string;
	company_id: string;
	name: string;
	role: 'admin' | 'member';
	/** JSON: lock ids. */
	locks: string;
	/** SHA-256 of the token, 64 hex characters. */
	token_hash: string;
	created_by: string;
	created_at: number;
	ends_at: number;
	used_at: number | null;
	withdrawn_at: number | null;
}

/** Command packets that left the server, so that an answer can be matched to who asked. */
export interface IssuedTable {
	id: string;
	lock_id: string;
	company_id: string;
	/** 40 hex characters, lower case. */
	session: string;
	first_id: number;
	last_id: number;
	reference: number;
	action: string;
	tracking_key: string | null;
	user_id: string | null;
	at: number;
	/** Epoch the opening came under; in a recovery the last one known. */
	epoch: number;
	/** The lock's `recovery` when these commands probed for its keys, else null. */
	recovery: number | null;
	/** Ordinal of the last server packet heard for these commands, or null. */
	heard: number | null;
}

/** Upload batches that are durable here. */
export interface UploadTable {
	company_id: string;
	/** Made by the phone. */
	id: string;
	/** SHA-256 of the batch's body, 64 hex characters. */
	hash: string;
	at: number;
}

/** Packets no key of the lock opened. */
export interface QuarantineTable {
	id: string;
	company_id: string;
	mac: string;
	session: string;
	packet: string;
	received_at: number;
	at: number;
}

export interface ActivityTable {
	id: string;
	company_id: string;
	environment: EnvironmentName;
	lock_id: string;
	action: string;
	gen: number;
	/** The lock's own log counter, or null for what the server wrote itself. */
	counter: number | null;
	recorded_at: number;
	range_start: number;
	range_end: number;
	tracking_key: string | null;
	slot: number | null;
	/** Which of the slot's keys, or null. */
	issue: number | null;
	/** For an opening by a phone's key: 1 when the phone claims it, else 0; null for all others. */
	claimed: number | null;
}

export interface DemoTable {
	company_id: string;
	ends_at: number;
}

/** Management deeds: who added, changed, invited, granted, revoked. */
export interface AuditTable {
	id: string;
	company_id: string;
	at: number;
	/** User id, or `cli`. */
	actor: string;
	deed: string;
	/** JSON. */
	detail: string;
}

export interface MigrationTable {
	number: number;
	name: string;
	at: number;
}

export interface Tables {
	user: UserTable;
	session: SessionTable;
	account: AccountTable;
	organization: OrganizationTable;
	member: MemberTable;
	rateLimit: RateLimitTable;
	api_key: ApiKeyTable;
	lock: LockTable;
	slot: SlotTable;
	phone: PhoneTable;
	company_setting: CompanySettingTable;
	claim: ClaimTable;
	grant: GrantTable;
	invitation_link: InvitationLinkTable;
	issued: IssuedTable;
	upload: UploadTable;
	quarantine: QuarantineTable;
	activity: ActivityTable;
	demo: DemoTable;
	audit: AuditTable;
	migration: MigrationTable;
}
