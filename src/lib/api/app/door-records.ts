import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** What a door lock's log tells of, in our words; `other` for what has none. */
export const DOOR_DEEDS = [
	'unlocked',
	'locked',
	'unlocked-by-passcode',
	'locked-by-passcode',
	'wrong-passcode',
	'passcode-over',
	'passcode-refused',
	'passcode-changed',
	'passcode-removed',
	'passcodes-cleared',
	'delete-code-used',
	'passcodes-full',
	'unlocked-by-card',
	'card-refused',
	'unlocked-by-fingerprint',
	'fingerprint-refused',
	'unlocked-by-key',
	'locked-by-key',
	'unlocked-by-gateway',
	'unlocked-by-fob',
	'unlocked-from-inside',
	'unlocked-by-button',
	'locked-by-button',
	'auto-locked',
	'dead-bolt',
	'locked-out',
	'forced',
	'tampered',
	'started',
	'other'
] as const;
export type DoorDeed = (typeof DOOR_DEEDS)[number];

/** One record of a lock's log. */
export const DoorRecord = z.object({
	id: z.string(),
	deed: z.enum(DOOR_DEEDS),
	/** By the lock's clock. */
	at: Time,
	/** False for what the lock refused. */
	success: z.boolean(),
	/** Whose eKey it was, as they are called now or were then; null when it was nobody's. */
	who: z.nullable(z.string()),
	/** Name of the passcode, when it is one of ours; its digits are never here. */
	passcode: z.nullable(z.string()),
	/** Percent, after it happened. */
	battery: z.nullable(z.int())
});
export type DoorRecord = z.infer<typeof DoorRecord>;

export const DoorRecordsQuery = z.object({
	/** `next` of the page before; left out for the newest. */
	before: z.optional(z.string().check(z.regex(/^\d{1,15}-\d{1,15}$/, 'as an answer gave it'))),
	limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 50)
});
/** Newest first; `next` for the page after, or null at the end. */
export const DoorRecordsReply = z.object({
	records: z.array(DoorRecord),
	next: z.nullable(z.string())
});
export type DoorRecordsReply = z.infer<typeof DoorRecordsReply>;
