/* The conventions are those of tables.ts. */

/** How far what a lock or a fob is to hold has got; core/held.ts says what each means. */
export type HeldState = 'waiting' | 'on-lock' | 'revoking' | 'off';

/** A code of presses that a lock holds, or is to hold: one row for each time it was issued. */
export interface QuickClickTable {
	id: string;
	lock_id: string;
	company_id: string;
	/** 1..100. */
	position: number;
	/** 3 to 24 characters: `1` for a long press, `0` for a short one. */
	code: string;
	/** What people call it; empty for those of the Core API. */
	name: string;
	state: HeldState;
	/** Left, 0..254, or 255 for unlimited. */
	uses: number;
	/** What it was set to last. */
	start_uses: number;
	/** 1 when the lock is not to give back uses that were spent: the count here may be old. */
	capped: number;
	/** The uses that are under way to the lock, that wait for the set after; or null. */
	next_uses: number | null;
	wanted_uses: number | null;
	frozen: number | null;
	/** Counter of the lock's log: openings up to it are counted in `uses`. */
	counted_to: number;
	issued_at: number;
	proven_at: number | null;
	revoked_at: number | null;
	off_at: number | null;
}

/** What is known of a lock as of a fob. */
export interface DeviceTable {
	id: string;
	company_id: string;
	environment: 'production' | 'sandbox';
	mac: string;
	serial: string;
	name: string;
	/** The name of who added it, as it was then. */
	created_by: string;
	created_at: number;
	/** Sealed (`seal`, column `base_key`): 16 bytes. */
	base_key: string;
	/** Sealed (`seal`, column `root`): 32 random bytes, made when it is added. */
	root: string;
	gen: number;
	phase: 'steady' | 'offered' | 'recover';
	/** Epoch proven by it. */
	active: number;
	/** Epoch offered to it, or null. */
	pending: number | null;
	/** JSON: what the pending epoch changes, frozen when it was first offered. */
	pending_changes: string | null;
	/** How often its keys were declared unknown. */
	recovery: number;
	battery_mv: number | null;
	battery_at: number | null;
}

/** A fob: its own keys change as those of a lock do; a set is the whole of what it is to hold. */
export interface FobTable extends DeviceTable {
	/** When it last proved a set. */
	synced_at: number | null;
	/** Since when it is said to be lost, or null. */
	lost_at: number | null;
}

/** A lock that a fob is to open: the key of one of its slots. */
export interface FobCredentialTable {
	id: string;
	fob_id: string;
	lock_id: string;
	slot: number;
	tracking_key: string;
	/** Of the fob, not of the lock. */
	state: HeldState;
	/** The number of the slot's key that the fob has, or will by the set that brings it. */
	issue: number;
	next_issue: number | null;
	wanted_issue: number | null;
	frozen: number | null;
	issued_at: number;
	proven_at: number | null;
	revoked_at: number | null;
	off_at: number | null;
}

/** Commands that left for a fob. */
export interface FobIssuedTable {
	id: string;
	fob_id: string;
	session: string;
	first_id: number;
	last_id: number;
	at: number;
	recovery: number | null;
}
