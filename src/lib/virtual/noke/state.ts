import type { Air, AirEvent, AirOutput, Identity, Milliseconds } from './air.ts';
import type { Action, Body } from './hardware.ts';
import type { KeySet, Write } from './keyset.ts';
import type { Log } from './log.ts';
import type { Entries, Presses } from './presses.ts';
import type { Signed } from './receive.ts';
import type { Banks } from './store.ts';

/** The lock's own clock: Unix seconds that were so at a moment of the host's clock. */
export interface Clock {
	readonly unix: number;
	readonly at: Milliseconds;
}

/** What survives a power cut (docs/lock-scheme.md section 7). */
export interface Flash extends Banks<KeySet<string>> {
	readonly log: Log;
	readonly entries: Entries;
}

/**
 * A whole virtual padlock at rest, a plain value for JSON or IndexedDB. `flash` survives a power cut
 * and `body` is metal; clock and lock-out run on from here unless the host reports a power cut.
 */
export interface SavedState {
	readonly identity: Identity;
	readonly flash: Flash;
	readonly body: Body;
	readonly clock: Clock | null;
	/** The end of the lock-out, if one is going on. */
	readonly lockedOutUntil: Milliseconds | null;
}

/** As it was saved before there were quick clicks and settings, or since. */
export type AnySavedState = Pick<SavedState, 'identity' | 'clock'> & {
	readonly flash: Omit<Flash, 'entries'> & Partial<Pick<Flash, 'entries'>>;
	readonly body: Omit<Body, 'engaged'> & Partial<Pick<Body, 'engaged'>>;
	readonly lockedOutUntil?: Milliseconds | null;
};

/** A motor run under way. */
export interface Motor {
	readonly until: Milliseconds;
	readonly action: Action;
	readonly by: 'server' | 'slot' | 'quick click';
	/** Of the record that comes of it: reference, slot or position. */
	readonly who: number;
	/** Null when nobody asked over the air, or the link is gone: then nobody is answered. */
	readonly asked: Asked | null;
}

/** A command whose answer waits for the motor. */
export interface Asked {
	readonly signed: Signed;
	readonly clockWasUnknown: boolean;
}

/** The running machine: at rest plus everything that a power cut takes. */
export interface Running extends SavedState {
	/** The key set of the flash, read once. */
	readonly keys: KeySet<string>;
	readonly air: Air<Write<string>>;
	/** The radio is paid for up to here. */
	readonly paidUntil: Milliseconds;
	readonly motor: Motor | null;
	readonly presses: Presses;
	/** The end of firmware mode. */
	readonly firmwareUntil: Milliseconds | null;
}

/** What happens to a lock. */
export type PadlockEvent =
	| AirEvent
	/** Somebody's finger goes down on its button: it wakes, or stays awake. */
	| { kind: 'press' }
	/** The finger goes up again; the press was long or short. */
	| { kind: 'release' }
	/** Somebody pushes the shackle home. */
	| { kind: 'close' }
	/** Somebody begins or stops pulling at the shackle, so that the motor cannot turn. */
	| { kind: 'strain'; on: boolean }
	/** Power was away. With `millivolts`: a fresh battery was put in. */
	| { kind: 'power-cut'; millivolts?: number }
	/** Time passed; send one at `nextWake`. */
	| { kind: 'tick' };

/** What a lock does, in this order. The power may go between any two of them. */
export type Output = AirOutput<SavedState>;
