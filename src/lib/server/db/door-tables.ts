/* The conventions are those of tables.ts, but that ids which the open API prints are numbers. */

/** An integration that may call the open API for a company. */
export interface SifelyAppTable {
	id: string;
	company_id: string;
	/** 32 hex characters. */
	client_id: string;
	/** SHA-256 of the secret, 64 hex characters. */
	secret_hash: string;
	/** Four letters before the names of the accounts it registers; no other application has them. */
	prefix: string;
	created_at: number;
	revoked_at: number | null;
}

/** Who holds door locks and eKeys: a name under a company, apart from people's own sign-in. */
export interface SifelyAccountTable {
	/** The `uid` of the open API and of the locks' logs. */
	id: number;
	company_id: string;
	/** The application that registered it, or null. */
	app_id: string | null;
	username: string;
	/** A slow hash of the MD5 that this API sends, or null for who cannot sign in there. */
	password_hash: string | null;
	/** `created` for an eKey with `createUser`: its first password is known to who knows its name. */
	origin: 'registered' | 'created' | 'person';
	/** 1 until its first password is changed. */
	must_change: number;
	/** The person whose account it is, or null. */
	user_id: string | null;
	created_at: number;
}

export interface SifelyTokenTable {
	id: string;
	account_id: number;
	app_id: string;
	/** SHA-256, 64 hex characters, as the next. */
	access_hash: string;
	refresh_hash: string;
	access_ends_at: number;
	refresh_ends_at: number;
	created_at: number;
}

export interface DoorLockTable {
	id: number;
	company_id: string;
	/** The account that paired it, or that it was transferred to. */
	owner_id: number;
	mac: string;
	/** As it advertises. */
	name: string;
	/** As people call it. */
	alias: string;
	/** Sealed (`seal`, column `lock_data`): LockData of the protocol room as JSON. */
	lock_data: string;
	/** Copies of what stands in `lock_data`, for lists. */
	feature_value: string;
	timezone_offset: number;
	/** Percent. */
	battery: number | null;
	battery_at: number | null;
	/** Passage mode as JSON, or null when it never was configured. */
	passage: string | null;
	/** Where a phone goes on reading the lock's log; 0 for its beginning. */
	log_cursor: number;
	/** What it said of itself when it was asked last: DoorSaid of the api room as JSON, or null. */
	said: string | null;
	/** When it was told to forget us, while its answer is missing. */
	reset_at: number | null;
	created_at: number;
}

export interface EkeyTable {
	id: number;
	lock_id: number;
	account_id: number;
	sender_id: number | null;
	name: string;
	/** `admin` is the owner's: one for each lock. */
	kind: 'admin' | 'common';
	/** `reset`: the lock was told to forget all eKeys of before. */
	state: 'normal' | 'frozen' | 'reset' | 'deleted';
	/** Milliseconds, or 0; an end of 1 is one opening. */
	start_date: number;
	end_date: number;
	/** Recurrence of the protocol room as JSON, or null. */
	recurrence: string | null;
	/** 1 for who may manage the lock without owning it. */
	key_right: number;
	/** 1 yes, 2 no, as the open API counts. */
	remote_enable: number;
	remarks: string;
	/** When a key for one opening has opened. */
	used_at: number | null;
	created_at: number;
	/** When it was deleted. */
	ended_at: number | null;
}

/** Deleted ones stay as long as they could be given out again: see prune.ts. */
export interface PasscodeTable {
	id: number;
	lock_id: number;
	sender_id: number | null;
	name: string;
	/** Of the open API, 1 to 14. */
	type: number;
	/** Of a random one: type and rounded window, and which of them it is. Null for custom ones. */
	place: string | null;
	number: number | null;
	/** Sealed (`seal`, column `code`): ASCII digits. */
	code: string;
	/** `lookupHash` of lock id and code, to find it by. */
	code_hash: string;
	start_date: number;
	/** 0 without an end. */
	end_date: number;
	state: 'live' | 'deleted';
	/** What the lock has to be told of it, or null. */
	waits: 'add' | 'change' | 'remove' | null;
	/** When it was told, while its answer is missing. */
	told_at: number | null;
	/** Sealed (`seal`, column `next`): what it is to become, as JSON, while it waits for `change`. */
	next: string | null;
	/** Of the new digits, as `code_hash`. */
	next_hash: string | null;
	/** When the lock's log said so first. */
	used_at: number | null;
	created_at: number;
	/** When it was deleted. */
	ended_at: number | null;
}

/** What a lock's log said, each record once however often it is uploaded. */
export interface DoorRecordTable {
	id: number;
	lock_id: number;
	/** Keyed hash of what makes it that record. */
	identity: string;
	type_from_lock: number;
	/** As the open API groups them. */
	type: number;
	success: number;
	uid: number | null;
	/** As it was then. */
	username: string;
	/** Sealed (`seal`, column `code`), or null. */
	code: string | null;
	battery: number | null;
	/** By the lock's clock. */
	lock_date: number;
	server_date: number;
}
