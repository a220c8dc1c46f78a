import * as z from 'zod/mini';
import { DoorContact, DoorContactReply } from './phone-doors.ts';
import { Mac, Time } from './shapes.ts';

/** Slots of one lock, shared by phones, fobs and keys of the Core API. */
export const SLOTS = 100;

/** Keys that one phone may hold. */
export const PHONE_KEYS = 2000;

/** Slots of one lock that the phones of one person may take, until the lock has let go of them. */
export const PERSON_KEYS = 5;

/** Keys of one lock that are made for one person within a day. */
export const ISSUES_A_DAY = 20;

/** Phones of one person that are known at a time. */
export const PHONES = 20;

const Slot = z.int().check(z.minimum(1), z.maximum(SLOTS));

/** Which of the keys that a slot was ever given: grows with every issue, never used twice. */
const Issue = z.int().check(z.minimum(1), z.maximum(0xffffffff));

/** Names one key without a word about its value. */
export const KeyName = z.object({ mac: Mac, slot: Slot, issue: Issue });
export type KeyName = z.infer<typeof KeyName>;

/** Made by the phone at random before its first contact; it tells the phones of one person apart. */
export const PhoneId = z.string().check(z.regex(/^[0-9a-zA-Z_-]{8,64}$/, 'a phone has an id'));

export const ContactRequest = z.object({
	phone: z.object({
		id: PhoneId,
		/** How its owner tells it from others, such as `Pixel 9`. */
		name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80))
	}),
	/** What the browser answered when it was asked to keep the data; null while it was not asked. */
	persisted: z.nullable(z.boolean()),
	/** Keys that the phone holds. */
	has: z.array(KeyName).check(z.maxLength(PHONE_KEYS)),
	/** Keys that it has deleted since the last contact; named again until an answer has come. */
	wiped: z.array(KeyName).check(z.maxLength(PHONE_KEYS)),
	doors: z.optional(DoorContact)
});
export type ContactRequest = z.infer<typeof ContactRequest>;

/** A key that this phone may hold. */
export const PhoneKey = z.object({
	...KeyName.shape,
	/** `waiting`: it opens only when the lock has had its next online opening. */
	state: z.enum(['waiting', 'on-lock']),
	/** Until when it opens without another contact; null while it waits for the lock. */
	readyUntil: z.nullable(Time),
	/** Generation of the lock's root. */
	generation: z.int().check(z.minimum(0)),
	/** 32 and 40 hex characters; only of keys that `has` did not name. */
	offlineKey: z.optional(z.string()),
	unlockCommand: z.optional(z.string())
});
export type PhoneKey = z.infer<typeof PhoneKey>;

export const ContactReply = z.object({
	/** The server's clock. */
	now: Time,
	/** Until when the phone may use its keys without another contact. */
	leaseEnds: Time,
	/** Every key it may hold; `has` named those whose values are left out. */
	keys: z.array(PhoneKey),
	/** Keys among `has` that it must delete now, and name in `wiped` next time. */
	wipe: z.array(KeyName),
	/** Where it said something of door locks. */
	doors: z.optional(DoorContactReply)
});
export type ContactReply = z.infer<typeof ContactReply>;

/** Asks for a key. A manager may name another person's phone. */
export const PhoneKeyRequest = z.object({
	/** Null: the caller's phone that was in contact last. */
	phone: z.nullable(PhoneId),
	/** Whose phone; left out: the caller's. */
	userId: z.optional(z.string().check(z.maxLength(64)))
});
export type PhoneKeyRequest = z.infer<typeof PhoneKeyRequest>;

/** Its value comes with the phone's next contact. */
export const PhoneKeyReply = z.object({
	key: z.object({ ...KeyName.shape, state: z.enum(['waiting', 'on-lock']) })
});
export type PhoneKeyReply = z.infer<typeof PhoneKeyReply>;

/** A phone that was in contact, and whose it is. */
export const Phone = z.object({
	id: z.string(),
	name: z.string(),
	userId: z.string(),
	userName: z.string(),
	lastContactAt: Time,
	persisted: z.nullable(z.boolean())
});
export type Phone = z.infer<typeof Phone>;

/**
 * A key of a lock. `waiting` for the lock's next online opening, `on-lock` by the lock's own proof,
 * `revoking`: revoked and still opens, `off`: by the lock's own proof, or it never was on it.
 */
export const LockKey = z.object({
	slot: z.int(),
	issue: z.int(),
	state: z.enum(['waiting', 'on-lock', 'revoking', 'off']),
	/** `key`: issued by the Core API. */
	holder: z.enum(['key', 'phone', 'fob']),
	trackingKey: z.string(),
	phone: z.nullable(Phone),
	issuedAt: Time,
	/** When it was proven to be on the lock. */
	provenAt: z.nullable(Time),
	revokedAt: z.nullable(Time),
	/** When it was proven to be off the lock. */
	offAt: z.nullable(Time),
	/** When the phone said that it has deleted it. */
	wipedAt: z.nullable(Time),
	/** When it ends at the latest, by the lock's own clock; null for never. */
	until: z.nullable(Time)
});
export type LockKey = z.infer<typeof LockKey>;

export const LockKeysReply = z.object({
	/** Those that are not off by slot, then those that went off in the last 30 days, newest first. */
	keys: z.array(LockKey),
	/** Slots that are not taken. */
	free: z.int(),
	/** Phones of people who may open this lock and that have no key of it. */
	phones: z.array(Phone)
});
export type LockKeysReply = z.infer<typeof LockKeysReply>;

/** Which of the keys of its slot is meant; left out, whichever is there. */
export const RevokeKeyQuery = z.object({
	issue: z.optional(z.coerce.number().check(z.int(), z.minimum(1)))
});

/** `off` when it never left for the lock, else `revoking`. */
export const RevokeKeyReply = z.object({ state: z.enum(['revoking', 'off']) });
export type RevokeKeyReply = z.infer<typeof RevokeKeyReply>;

/** How long a phone may use its keys without a contact. */
export const Lease = z.object({ days: z.int().check(z.minimum(1), z.maximum(30)) });
export type Lease = z.infer<typeof Lease>;
