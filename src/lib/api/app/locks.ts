import * as z from 'zod/mini';
import { Environment, Mac, PacketHex, Session, Time } from './shapes.ts';

/** What is known of the shackle, with the time it was heard. Never a guess. */
export const LockState = z.object({
	state: z.enum(['open', 'unshackled', 'closed']),
	at: Time
});

/**
 * Explicit lock: a shackle that is pushed home holds only when the lock is told to engage. `off` and
 * `on` by the lock's own proof, `goes-on` and `goes-off` with its next online opening. `refused`: it
 * was told, and said that it keeps it off.
 */
export const ExplicitLock = z.enum(['off', 'on', 'goes-on', 'goes-off', 'refused']);
export type ExplicitLock = z.infer<typeof ExplicitLock>;

/** A lock as its holder and its manager see it. */
export const Lock = z.object({
	mac: z.string(),
	name: z.string(),
	place: z.string(),
	serial: z.string(),
	/** Two characters as in the lock's own name: `4I` HD padlock, `3P` padlock, `2U` U-lock. */
	hardwareType: z.string(),
	firmware: z.string(),
	environment: Environment,
	/** True until a first online opening has been proven. */
	awaitingSetup: z.boolean(),
	/** True while changes wait for the lock's next online opening. */
	waitsForLock: z.boolean(),
	/** Keys that wait for it: those it does not have yet, and those revoked that still open. */
	waiting: z.object({ keys: z.int(), revoked: z.int() }),
	/** Of its 100 slots; a revoked key holds its slot until the lock has proven it gone. */
	slotsUsed: z.int(),
	/**
	 * Since when nobody knows which keys the lock has, as after a restore from a backup, or null: its
	 * openings with signal try what it may have, and settle it.
	 */
	keysUnknownSince: z._default(z.nullable(Time), null),
	/** Last reading, or null before the first. */
	battery: z.nullable(z.object({ millivolts: z.int(), at: Time })),
	lastKnown: z.nullable(LockState),
	/** Who opened it last and when, or null. */
	lastOpened: z.nullable(z.object({ at: Time, trackingKey: z.nullable(z.string()) })),
	mayOpen: z.boolean(),
	mayUnshackle: z.boolean(),
	/** Null for hardware that engages by itself only. */
	explicitLock: z._default(z.nullable(ExplicitLock), null)
});
export type Lock = z.infer<typeof Lock>;

/** The first of them by name, and how many there are: of a large fleet the others are searched for. */
export const LocksReply = z.object({ locks: z.array(Lock), total: z._default(z.int(), 0) });
export type LocksReply = z.infer<typeof LocksReply>;
export const LockReply = z.object({ lock: Lock });

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(80));
const Place = z.string().check(z.trim(), z.maxLength(80));

export const AddLockRequest = z.object({
	mac: Mac,
	name: Name,
	place: z._default(Place, ''),
	serial: z._default(z.string().check(z.trim(), z.maxLength(40)), ''),
	hardwareType: z.string().check(
		z.trim(),
		z.toUpperCase(),
		z.regex(/^[0-9][A-Z]$/, 'two characters, such as 4I'),
		// As a lock it would never open, and could not be added as the fob that it is.
		z.regex(/^(?!.F)/, 'this is a fob, not a lock')
	),
	firmware: z._default(
		z.string().check(z.trim(), z.regex(/^\d{1,3}\.\d{1,3}$/, 'such as 4.25')),
		'4.25'
	),
	/** The lock's base key, 16 bytes in hex. Left out: the public default key. */
	baseKey: z.optional(
		z.string().check(z.regex(/^[0-9a-fA-F]{32}$/, 'a base key is 16 bytes in hex'), z.toLowerCase())
	),
	environment: z._default(Environment, 'production')
});
export type AddLockRequest = z.input<typeof AddLockRequest>;

export const ChangeLockRequest = z.object({
	name: z.optional(Name),
	place: z.optional(Place)
});
export type ChangeLockRequest = z.infer<typeof ChangeLockRequest>;

/**
 * `engage` shuts what was pushed home. `ask` opens nothing either: the lock reports its state and its log, as after an answer
 * that was lost.
 */
export const Action = z.enum(['unlock', 'unshackle', 'engage', 'ask']);
export type Action = z.infer<typeof Action>;

export const CommandsRequest = z.object({ session: Session, action: Action });
export type CommandsRequest = z.infer<typeof CommandsRequest>;

/** Packets for this one session, in the order they must be written. */
export const CommandsReply = z.object({
	commands: z.array(PacketHex),
	/** Index of the packet whose success means that the lock is open; null when none opens. */
	opensAt: z.nullable(z.int().check(z.minimum(0))),
	/** The server's clock when it issued them: what the lock does by them is recorded no earlier. */
	issuedAt: Time
});
export type CommandsReply = z.infer<typeof CommandsReply>;
