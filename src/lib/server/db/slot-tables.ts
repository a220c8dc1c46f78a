import type { HeldState } from './held-tables.ts';

/* The conventions are those of tables.ts. */

/** A key that was issued for a slot of a lock. */
export interface SlotTable {
	lock_id: string;
	/** 1..100. */
	slot: number;
	/** From 1; the number its key is derived with. */
	issue: number;
	company_id: string;
	state: HeldState;
	holder: 'key' | 'phone' | 'fob';
	/** What the activity names openings by this slot by. */
	tracking_key: string;
	/** Whose phone, and which; null for other holders. */
	user_id: string | null;
	phone_id: string | null;
	/** Which fob; null for other holders. */
	fob_id: string | null;
	/** The window that the lock enforces, Unix seconds, both included. */
	from_s: number;
	until_s: number;
	/** When the window is to be written again, or null. */
	renew_at: number | null;
	/** The end of the window that is under way to the lock, or null. */
	next_until_s: number | null;
	/** The number of the key that is under way to the lock, that waits for the set after; or null. */
	next_issue: number | null;
	wanted_issue: number | null;
	/** Epoch whose set of changes carries the current change of this slot, or null. */
	frozen: number | null;
	issued_at: number;
	/** When it was last given another value, or null: until that is on the lock, the old one opens. */
	replaced_at: number | null;
	/** When the lock proved that it has it, that it has it no more. */
	proven_at: number | null;
	revoked_at: number | null;
	off_at: number | null;
	/** When the phone said that it has deleted its copy. */
	wiped_at: number | null;
}

/** A browser on a phone that was in contact. */
export interface PhoneTable {
	company_id: string;
	user_id: string;
	/** Made by the phone. */
	id: string;
	name: string;
	created_at: number;
	last_contact_at: number;
	/** What the browser answered to the wish to keep the data; null while it was not asked. */
	persisted: number | null;
	/** Of its last contact. */
	session_id: string | null;
	signed_out_at: number | null;
}

/** What a company has chosen; without a row, the defaults. */
export interface CompanySettingTable {
	company_id: string;
	lease_days: number;
}

/** An opening with an offline key that a phone says it did. */
export interface ClaimTable {
	lock_id: string;
	slot: number;
	/** By the phone's clock. */
	at: number;
	user_id: string;
	/** By our clock. */
	moment: number;
	/** The event it explains, or null. */
	activity_id: string | null;
	/** In which it opened, as far as it goes into the cipher; null of phones that do not tell. */
	session: string | null;
}
