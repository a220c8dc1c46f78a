import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** What a lock can do, as far as a page asks: what it cannot is not offered. */
export const DOOR_FEATURES = [
	'lock',
	'log',
	'passcodes',
	/** The server can compute passcodes that it need not be told. */
	'random-passcodes',
	'auto-lock',
	/** It may be told never to lock by itself. */
	'auto-lock-off',
	'sound',
	'passage'
] as const;
export type DoorFeature = (typeof DOOR_FEATURES)[number];

/** Hours in which a lock that was opened stays open: minutes of the day, by the lock's clock. */
export const PassageHours = z
	.object({
		/** 1 Monday to 7 Sunday. */
		weekDays: z
			.array(z.int().check(z.minimum(1), z.maximum(7)))
			.check(z.minLength(1), z.maxLength(7)),
		/** Both 0 for all day. */
		from: z.int().check(z.minimum(0), z.maximum(1439)),
		until: z.int().check(z.minimum(0), z.maximum(1440))
	})
	.check(
		z.refine(
			({ from, until }) => from < until || (from === 0 && until === 0),
			'the hours end after they begin'
		)
	);
export type PassageHours = z.infer<typeof PassageHours>;

/** What the lock said of itself when it was asked last; null where it was not asked, or said nothing. */
export const DoorSaid = z.object({
	at: Time,
	model: z.nullable(z.string()),
	hardware: z.nullable(z.string()),
	firmware: z.nullable(z.string()),
	/** Some locks always say unlocked. */
	isUnlocked: z.nullable(z.boolean()),
	/** Milliseconds that its clock was ahead of the right time. */
	clockOff: z.nullable(z.int()),
	/** 0 is never; `min` and `max` are what it takes, both 0 where it did not say. */
	autoLock: z.nullable(z.object({ seconds: z.int(), min: z.int(), max: z.int() })),
	sound: z.nullable(z.boolean())
});
export type DoorSaid = z.infer<typeof DoorSaid>;

/** A door lock as who manages it sees it. */
export const DoorDetail = z.object({
	id: z.int(),
	name: z.string(),
	mac: z.string(),
	/** As it advertises. */
	deviceName: z.string(),
	battery: z.nullable(z.object({ percent: z.int(), at: Time })),
	features: z.array(z.enum(DOOR_FEATURES)),
	/** `isHere` is false for who has left the company: its managers keep the lock, or give it away. */
	owner: z.object({ name: z.string(), userId: z.nullable(z.string()), isHere: z.boolean() }),
	/** Its owner, or a manager of the company: who may delete it, give it away and reset it. */
	mayOwn: z.boolean(),
	/** Milliseconds that the lock's clock is ahead of UTC. */
	timezoneOffset: z.int(),
	/** The code that always opens, or null when none is known. */
	adminPasscode: z.nullable(z.string()),
	/** As it was last set, or null when it is off. */
	passage: z.nullable(PassageHours),
	said: z.nullable(DoorSaid),
	/** Since when it may have been reset, because its answer was lost; or null. */
	maybeResetAt: z.nullable(Time),
	/** Living ones; `waiting` are passcodes of which the lock has to be told something. */
	counts: z.object({ ekeys: z.int(), passcodes: z.int(), waiting: z.int() }),
	addedAt: Time
});
export type DoorDetail = z.infer<typeof DoorDetail>;

export const DoorReply = z.object({ door: DoorDetail });

export const RenameDoorRequest = z.object({
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80))
});

/** A person of the company; eKeys that were sent stay. */
export const GiveDoorRequest = z.object({ userId: z.string().check(z.maxLength(100)) });

/**
 * Deleting makes the server forget the lock with its eKeys, passcodes and records. The lock itself does
 * not know: whoever has its keys still opens it until it is reset.
 */
export const DeleteDoorReply = z.object({});
