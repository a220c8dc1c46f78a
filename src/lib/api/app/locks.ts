import { z } from 'zod';
import { Environment, Mac, PacketHex, Session, Time } from './shapes.ts';

/** What is known of the shackle, with the time it was heard. Never a guess. */
export const LockState = z.object({
	state: z.enum(['open', 'unshackled', 'closed']),
	at: Time
});

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
	/** Last reading, or null before the first. */
	battery: z.object({ millivolts: z.int(), at: Time }).nullable(),
	lastKnown: LockState.nullable(),
	/** Who opened it last and when, or null. */
	lastOpened: z.object({ at: Time, trackingKey: z.string().nullable() }).nullable(),
	mayOpen: z.boolean(),
	mayUnshackle: z.boolean()
});
export type Lock = z.infer<typeof Lock>;

export const LocksReply = z.object({ locks: z.array(Lock) });
export const LockReply = z.object({ lock: Lock });

export const AddLockRequest = z.object({
	mac: Mac,
	name: z.string().trim().min(1).max(80),
	place: z.string().trim().max(80).default(''),
	serial: z.string().trim().max(40).default(''),
	hardwareType: z
		.string()
		.trim()
		.toUpperCase()
		.regex(/^[0-9][A-Z]$/, 'two characters, such as 4I'),
	firmware: z
		.string()
		.trim()
		.regex(/^\d{1,3}\.\d{1,3}$/, 'such as 4.25')
		.default('4.25'),
	/** The lock's base key, 16 bytes in hex. Left out: the public default key. */
	baseKey: z
		.string()
		.regex(/^[0-9a-fA-F]{32}$/, 'a base key is 16 bytes in hex')
		.toLowerCase()
		.optional(),
	environment: Environment.default('production')
});
export type AddLockRequest = z.input<typeof AddLockRequest>;

export const ChangeLockRequest = z.object({
	name: z.string().trim().min(1).max(80).optional(),
	place: z.string().trim().max(80).optional()
});
export type ChangeLockRequest = z.infer<typeof ChangeLockRequest>;

/** `ask` opens nothing: the lock reports its state and its log, as after an answer that was lost. */
export const Action = z.enum(['unlock', 'unshackle', 'ask']);
export type Action = z.infer<typeof Action>;

export const CommandsRequest = z.object({ session: Session, action: Action });
export type CommandsRequest = z.infer<typeof CommandsRequest>;

/** Packets for this one session, in the order they must be written. */
export const CommandsReply = z.object({
	commands: z.array(PacketHex),
	/** Index of the packet whose success means that the lock is open; null when none opens. */
	opensAt: z.int().min(0).nullable()
});
export type CommandsReply = z.infer<typeof CommandsReply>;
