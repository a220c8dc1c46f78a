import * as z from 'zod/mini';
import { Environment, Mac, PacketHex, Session, Time } from './shapes.ts';

/** Locks that one fob may open. */
export const FOB_LOCKS = 100;

/** A fob in a list: what it has, and what waits for its next sync. */
export const Fob = z.object({
	mac: z.string(),
	name: z.string(),
	serial: z.string(),
	environment: Environment,
	/** Last reading, or null before the first sync. */
	battery: z.nullable(z.object({ millivolts: z.int(), at: Time })),
	/** When it last proved to hold what it was sent. */
	syncedAt: z.nullable(Time),
	/** Since when it is said to be lost, or null. */
	lostAt: z.nullable(Time),
	/** Locks it is to open. */
	locks: z.int(),
	/** Of what it is to hold: proven, waiting for a sync, and revoked with its copy still on it. */
	synced: z.int(),
	pending: z.int(),
	revoking: z.int(),
	/** Locks that a revoked key of it still opens. */
	stillOpens: z.int()
});
export type Fob = z.infer<typeof Fob>;

/** One lock of a fob. What the fob has and what the lock has are proven apart from each other. */
export const FobLock = z.object({
	mac: z.string(),
	name: z.string(),
	place: z.string(),
	slot: z.int(),
	/** `pending`: comes with a sync; `synced`: proven by the fob; `revoke_pending`: goes with a sync. */
	onFob: z.enum(['pending', 'synced', 'revoke_pending', 'off']),
	/** As of a key: `revoking` still opens, `off` is proven by the lock or never came to it. */
	onLock: z.enum(['waiting', 'on-lock', 'revoking', 'off']),
	issuedAt: Time,
	/** When the fob proved that it has it. */
	syncedAt: z.nullable(Time),
	revokedAt: z.nullable(Time),
	/** When the lock proved that it has it, and has it no more. */
	provenAt: z.nullable(Time),
	offAt: z.nullable(Time)
});
export type FobLock = z.infer<typeof FobLock>;

export const FobsReply = z.object({ fobs: z.array(Fob) });

/** Those that are not off everywhere by name, then those that went off in the last 30 days. */
export const FobReply = z.object({ fob: Fob, locks: z.array(FobLock) });
export type FobReply = z.infer<typeof FobReply>;

export const AddFobRequest = z.object({
	mac: Mac,
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
	serial: z._default(z.string().check(z.trim(), z.maxLength(40)), ''),
	/** The fob's base key, 16 bytes in hex. Left out: the public default key. */
	baseKey: z.optional(
		z.string().check(z.regex(/^[0-9a-fA-F]{32}$/, 'a base key is 16 bytes in hex'), z.toLowerCase())
	),
	environment: z._default(Environment, 'production')
});
export type AddFobRequest = z.input<typeof AddFobRequest>;

/** Locks that a fob is to open from its next sync on. */
export const GrantFobRequest = z.object({
	locks: z.array(Mac).check(z.minLength(1), z.maxLength(FOB_LOCKS))
});
export const GrantFobReply = z.object({
	granted: z.array(z.string()),
	/** Each stands or falls by itself. */
	refused: z.array(
		z.object({ mac: z.string(), code: z.enum(['not-found', 'lock-full', 'fob-full']) })
	)
});
export type GrantFobReply = z.infer<typeof GrantFobReply>;

/** The session that the fob showed. */
export const FobCommandsRequest = z.object({ session: Session });

/** Packets for this one session, in the order they must be written. */
export const FobCommandsReply = z.object({
	commands: z.array(PacketHex),
	/**
	 * False after a restore from a backup: these only ask which keys the fob has, and what it is to
	 * hold comes with the commands after them.
	 */
	brings: z.boolean(),
	/** The server's clock when it issued them: a fob that took them was synced no earlier. */
	issuedAt: Time
});
export type FobCommandsReply = z.infer<typeof FobCommandsReply>;
