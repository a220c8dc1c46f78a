import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** Something that should open a lock no more, and does so until the lock has been visited. */
export const OwedRight = z.object({
	/** `key`: of the Core API. `unknown`: what was issued in a life of the database that is lost. */
	kind: z.enum(['phone', 'key', 'fob', 'quick-click', 'unknown']),
	/** `replaced`: who holds it may go on opening, but not by this value, which may be copied. */
	reason: z.enum(['revoked', 'replaced', 'unknown']),
	/** Whose: a person, a tracking key, a fob; the presses of a quick click, `1` for a long one. */
	name: z.string(),
	/** Which phone of theirs, or null. */
	on: z.nullable(z.string()),
	/** Of a fob that is said to be lost. */
	lost: z.boolean(),
	/** When it was revoked. */
	since: Time,
	/** When it ends by the lock's own clock; null for never. */
	until: z.nullable(Time),
	/** When the copy was deleted, or left the fob; null while it may be there. */
	wipedAt: z.nullable(Time),
	/** When the phone was last in contact, or the fob last synced; null for never, or for neither. */
	heardAt: z.nullable(Time)
});
export type OwedRight = z.infer<typeof OwedRight>;

/** One lock to be opened with signal, by anyone, and what that takes off it. */
export const Stop = z.object({
	mac: z.string(),
	name: z.string(),
	place: z.string(),
	/** Of the oldest of its rights. */
	since: Time,
	/** How often it has to be opened: another set of changes may be on its way there. */
	openings: z.int().check(z.minimum(1), z.maximum(2)),
	rights: z.array(OwedRight)
});
export type Stop = z.infer<typeof Stop>;

/** A right that a lock has proven to be gone. */
export const ProvenRight = z.object({
	kind: z.enum(['phone', 'key', 'fob', 'quick-click']),
	name: z.string(),
	on: z.nullable(z.string()),
	mac: z.string(),
	lockName: z.string(),
	revokedAt: Time,
	provenAt: Time
});
export type ProvenRight = z.infer<typeof ProvenRight>;

export const DebtQuery = z.object({
	/** `next` of the page before. */
	cursor: z.optional(z.string().check(z.regex(/^\d{1,15}\.[0-9a-z]{26}$/, 'not of a page before')))
});

export const DebtReply = z.object({
	/** Of the whole company, whatever is on this page. */
	rights: z.int(),
	locks: z.int(),
	/** The shortest list of visits: every lock that owes something, once, the oldest debt first. */
	stops: z.array(Stop),
	next: z.nullable(z.string()),
	/** Of the last seven days, the newest first; on the first page only. */
	proven: z.array(ProvenRight)
});
export type DebtReply = z.infer<typeof DebtReply>;
