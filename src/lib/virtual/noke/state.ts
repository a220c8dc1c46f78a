import type { Bytes } from '../../protocol/bytes.ts';
import type { Body } from './hardware.ts';
import type { KeySet, Stage } from './keyset.ts';
import type { Order } from './order.ts';
import type { Assembly, Signed } from './receive.ts';
import type { Flash } from './store.ts';

/** Milliseconds on the host's clock: any zero, never back, and running on while nothing is loaded. */
export type Milliseconds = number;

/** The lock's own clock: Unix seconds that were so at a moment of the host's clock. */
export interface Clock {
	readonly unix: number;
	readonly at: Milliseconds;
}

/** What is printed on a lock and advertised by it. */
export interface Identity {
	/** Upper case with colons. */
	readonly mac: string;
	/** Two characters, such as `4I`. */
	readonly hardwareType: string;
	/** Such as `4.25`. */
	readonly firmware: string;
}

/**
 * A whole virtual padlock at rest, a plain value for JSON or IndexedDB. `flash` survives a power
 * cut and `body` is metal; the clock runs on from here unless the host reports a power cut.
 */
export interface SavedState {
	readonly identity: Identity;
	readonly flash: Flash;
	readonly body: Body;
	readonly clock: Clock | null;
}

/** One connection. All of it is forgotten when the link goes. */
export interface Session {
	/** The 20 bytes of STATE. */
	readonly state: Bytes;
	readonly subscribed: boolean;
	/** Server packets sent so far. */
	readonly ordinal: number;
	readonly order: Order;
	/** Wrong keys since the last accepted command. */
	readonly wrongKeys: number;
	/** The packet that was refused last for its key, if nothing came since. */
	readonly refused: Bytes | null;
	readonly assembly: Assembly | null;
	readonly stage: Stage<string>;
	/** Set up left epoch 0 in this session, and nothing was unlocked since. */
	readonly firstOpening: boolean;
}

/** A motor run under way. */
export interface Motor {
	readonly until: Milliseconds;
	readonly action: 'unlock' | 'unshackle';
	readonly signed: Signed;
	readonly clockWasUnknown: boolean;
	/** False when the link that asked for it is gone: the motor turns on, nobody is answered. */
	readonly answer: boolean;
}

/** What the light shows for a moment, before it blinks on. */
export interface Glow {
	readonly colour: 'green' | 'red';
	readonly until: Milliseconds;
}

/** The running machine: at rest plus everything that a power cut takes. */
export interface Running extends SavedState {
	/** The key set of the flash, read once. */
	readonly keys: KeySet<string>;
	/** When it falls asleep if nothing happens; null while it sleeps. */
	readonly awakeUntil: Milliseconds | null;
	/** The radio is paid for up to here. */
	readonly paidUntil: Milliseconds;
	readonly glow: Glow | null;
	readonly session: Session | null;
	readonly motor: Motor | null;
}

/** What happens to a lock. */
export type PadlockEvent =
	/** Somebody presses its button: it wakes, or stays awake. */
	| { kind: 'press' }
	/** A phone connects. `entropy`: 16 random bytes, never the same again. */
	| { kind: 'connect'; entropy: Uint8Array }
	/** The phone switches notifications on or off. */
	| { kind: 'subscribe'; on: boolean }
	/** The phone writes to RX, any length. */
	| { kind: 'write'; bytes: Uint8Array }
	/** The phone or the radio ended the link. */
	| { kind: 'disconnect' }
	/** Somebody pushes the shackle home. */
	| { kind: 'close' }
	/** Somebody begins or stops pulling at the shackle, so that the motor cannot turn. */
	| { kind: 'strain'; on: boolean }
	/** Power was away. With `millivolts`: a fresh battery was put in. */
	| { kind: 'power-cut'; millivolts?: number }
	/** Time passed; send one at `nextWake`. */
	| { kind: 'tick' };

/** What a lock does, in this order. The power may go between any two of them. */
export type Output =
	/** A notification on TX. */
	| { notify: Bytes }
	/** One durable write: from here on a power cut finds this state. */
	| { save: SavedState }
	/** The lock ends the link, after the notifications before this. */
	| { disconnect: true }
	/** The connection does not come about. */
	| { refused: 'asleep' | 'taken' };
