import type { Bytes } from '../../protocol/bytes.ts';
import type { Local } from '../../protocol/ttlock/dates.ts';
import type { RecordDetail } from '../../protocol/ttlock/records.ts';
import type { Body } from './hardware.ts';
import type { Flash } from './store.ts';

/** Milliseconds on the host's clock: any zero, never back, and running on while nothing is loaded. */
export type Milliseconds = number;

/** The lock's own clock: what it showed at a moment of the host's clock. */
export interface Clock {
	readonly local: Local;
	readonly at: Milliseconds;
}

/** What is printed on a lock, advertised by it and built into it. */
export interface Identity {
	/** Upper case with colons. */
	readonly mac: string;
	/** Such as `M101T`. */
	readonly hardwareType: string;
	/** Such as `6.0.3`. */
	readonly firmware: string;
	/** 0..3: a door lock. */
	readonly scene: number;
	/**
	 * When a lock being paired leaves its setting mode: as soon as it has an owner, or when the pairing
	 * is finished. Which one real locks do is not public.
	 */
	readonly ownedAt: 'owner' | 'finish';
	/** Whether frames for another scene are refused, as some locks do. */
	readonly strict: boolean;
}

/**
 * A whole virtual door lock at rest, a plain value for JSON or IndexedDB. `flash` survives a power
 * cut and `body` is metal; the clock runs on from here unless the host reports a power cut.
 */
export interface SavedState {
	readonly identity: Identity;
	readonly flash: Flash;
	readonly body: Body;
	readonly clock: Clock;
	readonly timers: Timers;
}

/** What goes off by itself also when the host was away meanwhile. A power cut begins them anew. */
export interface Timers {
	/** When it locks itself. */
	readonly relockAt: Milliseconds | null;
	/** The keypad is dead until then. */
	readonly lockedOutUntil: Milliseconds | null;
}

/** A random number that was given out and not yet answered. */
export interface Handshake {
	readonly psFromLock: number;
	readonly uid: number;
	readonly asked: 'user' | 'admin';
	/** Whether it is to end the eKeys of before. */
	readonly raises: boolean;
}

/** One connection. All of it is forgotten when the link goes. */
export interface Session {
	/** 16 bytes, never the same again. */
	readonly entropy: Bytes;
	/** Numbers drawn from it so far. */
	readonly drawn: number;
	readonly subscribed: boolean;
	/** What has come of a frame. */
	readonly rest: Bytes;
	/** When something came last. */
	readonly heardAt: Milliseconds;
	/** The key that was given to a phone in setting mode, until it becomes the owner's. */
	readonly givenKey: Bytes | null;
	readonly handshake: Handshake | null;
	/** What the phone has proven to hold. */
	readonly trust: 'none' | 'user' | 'admin';
}

/** What a record says that is written when the bolt has moved. */
export interface Cause {
	readonly action: number;
	readonly detail: RecordDetail;
}

/** A motor run under way. */
export interface Motor {
	readonly until: Milliseconds;
	readonly action: 'unlock' | 'lock';
	readonly cause: Cause;
	/** The command to answer; null when nobody is there to be answered. */
	readonly answer: number | null;
}

/** What the light shows for a moment. */
export interface Glow {
	readonly colour: 'green' | 'red';
	readonly until: Milliseconds;
}

/** The running machine: at rest plus everything that a power cut takes. */
export interface Running extends SavedState {
	readonly session: Session | null;
	readonly motor: Motor | null;
	/** Digits typed so far, and when they are forgotten. */
	readonly typed: string;
	readonly touchedUntil: Milliseconds | null;
	readonly glow: Glow | null;
}

/** What happens to a lock. */
export type DoorEvent =
	/** Somebody touches its keypad: `0`..`9`, `#` at the end of a code, `*` to begin anew. */
	| { kind: 'key'; key: string }
	/** A phone connects. `entropy`: 16 random bytes, never the same again. */
	| { kind: 'connect'; entropy: Uint8Array }
	/** The phone switches notifications on or off. */
	| { kind: 'subscribe'; on: boolean }
	/** The phone writes, any length. */
	| { kind: 'write'; bytes: Uint8Array }
	/** The phone or the radio ended the link. */
	| { kind: 'disconnect' }
	/** Somebody turns it by hand: at the knob inside, or with the metal key. */
	| { kind: 'turn'; by: 'inside' | 'key'; to: 'unlock' | 'lock' }
	/** Somebody holds the reset button inside: everything is forgotten. */
	| { kind: 'reset-button' }
	/** Power was away. With `battery`, percent: fresh ones were put in. */
	| { kind: 'power-cut'; battery?: number }
	/** Time passed; send one at `nextWake`. */
	| { kind: 'tick' };

/** What a lock does, in this order. The power may go between any two of them. */
export type Output =
	/** A notification, at most 20 bytes. */
	| { notify: Bytes }
	/** One durable write: from here on a power cut finds this state. */
	| { save: SavedState }
	/** The lock ends the link, after the notifications before this. */
	| { disconnect: true }
	/** The connection does not come about. A door lock is always awake. */
	| { refused: 'asleep' | 'taken' };
