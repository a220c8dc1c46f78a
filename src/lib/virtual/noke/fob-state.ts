import type { Bytes } from '../../protocol/bytes.ts';
import type { Air, AirEvent, AirOutput, Identity, Milliseconds } from './air.ts';
import type { Credential, FobKeys, FobWrite } from './fob-keys.ts';
import type { Banks } from './store.ts';

/** A whole virtual fob at rest, a plain value for JSON or IndexedDB. All but the battery is flash. */
export interface SavedFob {
	readonly identity: Identity;
	readonly flash: Banks<FobKeys>;
	readonly millivolts: number;
}

/** The way to one lock, from the moment its name was heard. */
export interface Reaching {
	readonly credential: Credential;
	/** Until when the lock may answer; null before the packet is written. */
	readonly until: Milliseconds | null;
}

/** The running machine: at rest plus everything that a power cut takes. */
export interface RunningFob extends SavedFob {
	/** The key set of the flash, read once. */
	readonly keys: FobKeys;
	readonly air: Air<FobWrite>;
	/** It was squeezed and has not tried a lock since. */
	readonly listening: boolean;
	readonly reaching: Reaching | null;
}

/** What happens to a fob. */
export type FobEvent =
	| AirEvent
	/** Somebody squeezes it: it wakes, and opens the first lock it hears. */
	| { kind: 'squeeze' }
	/** It hears a device of this name advertise. */
	| { kind: 'hear'; name: string }
	/** The link it asked for stands and notifications are on. `state`: the lock's STATE. */
	| { kind: 'reached'; state: Uint8Array }
	/** The lock notifies it. */
	| { kind: 'notified'; bytes: Uint8Array }
	/** The link it asked for did not come about, or is gone. */
	| { kind: 'lost' }
	/** Its battery was out. With `millivolts`: a fresh one is in. */
	| { kind: 'power-cut'; millivolts?: number }
	/** Time passed; send one at `nextWake`. */
	| { kind: 'tick' };

/** What a fob does to a lock, as a phone does it. */
export type Reach =
	/** Connects to the device of this name, reads STATE and subscribes. */
	| { reach: string }
	/** Writes to RX. */
	| { write: Bytes }
	/** Ends the link it asked for. */
	| { leave: true };

/** What a fob does, in this order. The power may go between any two of them. */
export type FobOutput = AirOutput<SavedFob> | Reach;
