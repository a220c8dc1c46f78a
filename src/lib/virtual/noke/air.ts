import type { Bytes } from '../../protocol/bytes.ts';
import type { Stage } from './commit.ts';
import type { Order } from './order.ts';
import type { Assembly } from './receive.ts';

/** Milliseconds on the host's clock: any zero, never back, and running on while nothing is loaded. */
export type Milliseconds = number;

/** What is printed on a device and advertised by it. */
export interface Identity {
	/** Upper case with colons. */
	readonly mac: string;
	/** Two characters, such as `4I`. */
	readonly hardwareType: string;
	/** Such as `4.25`. */
	readonly firmware: string;
}

/** One connection. All of it is forgotten when the link goes. */
export interface Session<W> {
	/** The 20 bytes of STATE. */
	readonly state: Bytes;
	readonly subscribed: boolean;
	/** Server packets sent so far. */
	readonly ordinal: number;
	readonly order: Order;
	/** Wrong keys since the last accepted command that was not under the previous master key. */
	readonly wrongKeys: number;
	/** The packet that was refused last for its key, if nothing came since. */
	readonly refused: Bytes | null;
	readonly assembly: Assembly | null;
	readonly stage: Stage<W>;
	/** Set up left epoch 0 in this session, and nothing was unlocked since. */
	readonly firstOpening: boolean;
}

/** What the light shows for a moment, before it blinks on. */
export interface Glow {
	readonly colour: 'green' | 'red';
	readonly until: Milliseconds;
}

/** What a device does on the air, lock or fob. A power cut takes all of it. */
export interface Air<W> {
	/** When it falls asleep if nothing happens; null while it sleeps. */
	readonly awakeUntil: Milliseconds | null;
	readonly glow: Glow | null;
	readonly session: Session<W> | null;
}

export const ASLEEP = { awakeUntil: null, glow: null, session: null } as const;

/** What happens to a device on the air. */
export type AirEvent =
	/** A phone connects. `entropy`: 16 random bytes, never the same again. */
	| { kind: 'connect'; entropy: Uint8Array }
	/** The phone switches notifications on or off. */
	| { kind: 'subscribe'; on: boolean }
	/** The phone writes to RX, any length. */
	| { kind: 'write'; bytes: Uint8Array }
	/** The phone or the radio ended the link. */
	| { kind: 'disconnect' };

/** What a device does, in this order. The power may go between any two of them. */
export type AirOutput<Saved> =
	/** A notification on TX. */
	| { notify: Bytes }
	/** One durable write: from here on a power cut finds this state. */
	| { save: Saved }
	/** The device ends the link, after the notifications before this. */
	| { disconnect: true }
	/** The connection does not come about. */
	| { refused: 'asleep' | 'taken' };

/** The earliest of these moments, or null. */
export function earliest(...moments: (Milliseconds | null | undefined)[]): Milliseconds | null {
	const due = moments.filter((at) => typeof at === 'number');
	return due.length > 0 ? Math.min(...due) : null;
}
