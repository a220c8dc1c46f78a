import type {
	AccountTable,
	MemberTable,
	OrganizationTable,
	RateLimitTable,
	SessionTable,
	UserTable
} from './account-tables.ts';
import type {
	DoorLockTable,
	DoorRecordTable,
	EkeyTable,
	PasscodeTable,
	SifelyAccountTable,
	SifelyAppTable,
	SifelyTokenTable
} from './door-tables.ts';
import type {
	DeviceTable,
	FobCredentialTable,
	FobIssuedTable,
	FobTable,
	HeldState,
	QuickClickTable
} from './held-tables.ts';
import type { ClaimTable, CompanySettingTable, PhoneTable, SlotTable } from './slot-tables.ts';

/*
 * Conventions of both databases: ids are text made in the app (`newId`), times are integer
 * milliseconds since 1970 UTC, flags are 0 or 1, JSON is text, MACs are `F1:E2:D3:C4:B5:A6`.
 */

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

/** A person has to see to the lock: nobody knows which keys it has. */
export interface Alarm {
	kind: 'keys-unknown';
	at: number;
}

export interface LockTable extends DeviceTable {
	place: string;
	hardware_type: string;
	firmware: string;
	setup_count: number;
	external_battery_mv: number | null;
	state: 'open' | 'unshackled' | 'closed' | null;
	state_at: number | null;
	last_opened_at: number | null;
	/** Tracking key of the last opening. */
	last_opened_by: string | null;
	/** 0..255. */
	next_reference: number;
	/** Every log record up to this counter is here, or is known to be lost. */
	log_cursor: number;
	/** A counter the lock has reached: while it is above the cursor, records are missing here. */
	log_seen: number;
	/** Since when the lock may hold what nobody knows of, until it has proven to be emptied; or null. */
	unknown_since: number | null;
	/** An Alarm as JSON, or null. */
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
	/** Issue numbers at or below it may have been used: by a life of this database that was lost, or by
	 * keys whose rows are gone. */
	issue_base: number;
	/** When the window of one of its slots is to be written again, or null. */
	renew_at: number | null;
	/** Positions of quick clicks that are not free. */
	quick_clicks_used: number;
	/** Changes of quick clicks that no set of changes carries yet. */
	quick_click_changes: number;
	/** 1 when nobody knows what quick clicks the lock has: the next set clears them first. */
	quick_click_reset: number;
	/** 1 when the counts of its quick clicks may be wrong: the next opening asks for them. */
	uses_asked: number;
	/** What the lock has of its settings, what is under way, what waits: bit 0 is explicit lock. */
	settings_state: HeldState;
	settings_flags: number;
	settings_next: number | null;
	settings_wanted: number | null;
	settings_frozen: number | null;
	/** 1 when the lock has proven to keep off what it was last told to switch on. */
	settings_refused: number;
	/** JSON: from which epoch on which environment made its keys; null when it never moved. */
	moves: string | null;
	/** When it last moved between the environments. */
	moved_at: number | null;
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
	/** In which a phone's key was used for this opening, as far as it goes into the cipher; null where not known. */
	session: string | null;
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
	/** User id, `cli`, or `account:` and the uid of an account of the open API. */
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
	quick_click: QuickClickTable;
	fob: FobTable;
	fob_credential: FobCredentialTable;
	fob_issued: FobIssuedTable;
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
	sifely_app: SifelyAppTable;
	sifely_account: SifelyAccountTable;
	sifely_token: SifelyTokenTable;
	door_lock: DoorLockTable;
	ekey: EkeyTable;
	passcode: PasscodeTable;
	door_record: DoorRecordTable;
	audit: AuditTable;
	migration: MigrationTable;
}
