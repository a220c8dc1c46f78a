import * as z from 'zod/mini';
import { EkeyPeriod } from './ekeys.ts';
import { FrameHex } from './doors.ts';
import { Sender, Time } from './shapes.ts';

/** Door locks whose eKeys one phone may hold. */
export const PHONE_DOORS = 1000;

/** Answers of a lock that are told of one opening: a conversation has two. */
export const TURN_ANSWERS = 20;

/** The number of a door lock or eKey, as the database has it. */
const Id = z.int().check(z.minimum(0), z.maximum(0x7fffffff));

/** Names what this phone holds of one door lock, without a word about its value. */
export const DoorKeyName = z.object({
	door: Id,
	/** The eKey's, or 0 for managers, who open without one. */
	ekey: Id,
	/** Another as soon as anything of it is: period, holder, or the lock's keys. */
	mark: z.string().check(z.regex(/^[0-9a-zA-Z_-]{8,64}$/, 'a mark'))
});
export type DoorKeyName = z.infer<typeof DoorKeyName>;

/** What opens the lock: given once, sealed by the phone. */
export const DoorKeyValue = z.object({
	/** 32 hex characters. */
	aesKey: z.string(),
	lockKey: z.int(),
	lockFlagPos: z.int(),
	lockVersion: z.object({
		protocolType: z.int(),
		protocolVersion: z.int(),
		scene: z.int(),
		groupId: z.int(),
		orgId: z.int()
	}),
	uid: z.int()
});

/** An eKey that this phone may use without network. The phone judges its period, as the server would. */
export const DoorKey = z.object({
	...DoorKeyName.shape,
	mac: z.string(),
	...EkeyPeriod.shape,
	/** Milliseconds that the lock's clock is ahead of UTC. */
	timezoneRawOffset: z.int(),
	/** Until when it opens without another contact. */
	readyUntil: Time,
	/** Only of those that the phone did not name. */
	value: z.optional(DoorKeyValue)
});
export type DoorKey = z.infer<typeof DoorKey>;

/**
 * An opening without network. Its proof is what the lock answered, sealed under a key of the lock; where
 * that is missing the lock's own log may tell of it some day.
 */
export const OfflineTurn = z.object({
	/** Made by the phone: an opening that is reported twice is one. */
	id: z.string().check(z.regex(/^[0-9a-zA-Z_-]{8,64}$/, 'an id')),
	door: Id,
	action: z.enum(['unlock', 'lock']),
	/** Seconds, by which the lock's log names it. */
	at: Time,
	answers: z.array(FrameHex).check(z.maxLength(TURN_ANSWERS))
});
export type OfflineTurn = z.infer<typeof OfflineTurn>;

/** Openings that one request tells of. */
export const MOST_TURNS = 100;

export const TurnsRequest = z.object({
	turns: z.array(OfflineTurn).check(z.minLength(1), z.maxLength(MOST_TURNS)),
	sender: Sender
});
export type TurnsRequest = z.infer<typeof TurnsRequest>;

export const TurnsReply = z.object({
	/** Ids of those that need not be kept any longer. */
	heard: z.array(z.string())
});
export type TurnsReply = z.infer<typeof TurnsReply>;

/** What a phone says of door locks when it is in contact; left out by those that know none. */
export const DoorContact = z.object({
	has: z.array(DoorKeyName).check(z.maxLength(PHONE_DOORS)),
	/** Deleted since the last contact; named again until an answer has come. */
	wiped: z.array(DoorKeyName).check(z.maxLength(PHONE_DOORS)),
	/** Told here by former versions of the app, which may be open still. */
	turns: z.optional(z.array(OfflineTurn).check(z.maxLength(MOST_TURNS)))
});
export type DoorContact = z.infer<typeof DoorContact>;

export const DoorContactReply = z.object({
	/** Every one that it may hold: all else must be deleted now, and named in `wiped`. */
	keys: z.array(DoorKey),
	/** As in `TurnsReply`. */
	heard: z.array(z.string())
});
export type DoorContactReply = z.infer<typeof DoorContactReply>;
