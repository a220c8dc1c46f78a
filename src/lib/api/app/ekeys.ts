import * as z from 'zod/mini';
import { ERROR_REASONS } from './error.ts';
import { Time } from './shapes.ts';

/** Whether an eKey opens now, and why not. */
export const EkeyVerdict = z.enum(['now', ...ERROR_REASONS]);
export type EkeyVerdict = z.infer<typeof EkeyVerdict>;

/** Milliseconds since 1970, to the year 9999. */
const Moment = z.int().check(z.minimum(0), z.maximum(253_402_300_799_999));

/** When an eKey holds: always, from and until, for one opening, or on days of the week. */
export const EkeyPeriod = z.object({
	/** 0 from the beginning. */
	startDate: Moment,
	/** 0 without an end, 1 for one opening. */
	endDate: Moment,
	/** Of these days the hours between the two dates, on the lock's clock; else null. */
	recurrence: z.nullable(
		z.object({
			/** 1 Sunday to 7 Saturday. */
			weekDays: z.array(z.int().check(z.minimum(1), z.maximum(7))).check(z.maxLength(7)),
			/** First and last day; 0 for no limit. */
			startDay: Moment,
			endDay: Moment
		})
	)
});
export type EkeyPeriod = z.infer<typeof EkeyPeriod>;

/** An eKey that somebody has of a lock. */
export const Ekey = z.object({
	id: z.int(),
	name: z.string(),
	/** `admin` is the owner's, which goes with the lock: it is not changed here. */
	kind: z.enum(['admin', 'common']),
	/** Who has it: a person of the company, or an account of the open API by its name alone. */
	holder: z.object({ name: z.string(), username: z.string(), userId: z.nullable(z.string()) }),
	state: z.enum(['normal', 'frozen', 'reset']),
	...EkeyPeriod.shape,
	opens: EkeyVerdict,
	/** Whether its holder may manage the lock, while it holds. */
	manages: z.boolean(),
	/** When an eKey for one opening has opened. */
	usedAt: z.nullable(Time),
	/** Name of who sent it; null for the owner's. */
	sender: z.nullable(z.string()),
	sentAt: Time
});
export type Ekey = z.infer<typeof Ekey>;

/** The owner's first, then the newest; `isCut` when there are more than 1000. */
export const EkeysReply = z.object({
	ekeys: z.array(Ekey),
	isCut: z._default(z.boolean(), false)
});

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(80));

/**
 * To a person of the company, or to a name that has an account: an e-mail address, or a name of the
 * open API. Who has an eKey of the lock gets this one in its place.
 */
export const SendEkeyRequest = z.object({
	to: z.union([
		z.object({ userId: z.string().check(z.maxLength(100)) }),
		z.object({ username: z.string().check(z.trim(), z.minLength(1), z.maxLength(254)) })
	]),
	name: Name,
	period: EkeyPeriod,
	/** Only the owner and managers of the company make others manage it. */
	manages: z._default(z.boolean(), false)
});
export type SendEkeyRequest = z.input<typeof SendEkeyRequest>;
export const SendEkeyReply = z.object({ ekey: Ekey });

export const ChangeEkeyRequest = z.object({
	name: z.optional(Name),
	/** Frozen it opens nothing until it is `normal` again. */
	state: z.optional(z.enum(['normal', 'frozen'])),
	period: z.optional(EkeyPeriod),
	manages: z.optional(z.boolean())
});
export type ChangeEkeyRequest = z.infer<typeof ChangeEkeyRequest>;

/**
 * What taking an eKey away comes to. With signal it opens nothing from now on; the lock itself knows
 * nothing of it.
 */
export const EkeyEnd = z.object({
	/** Until when a phone that has no signal may still open with it, or null when none could. */
	offlineUntil: z.nullable(Time),
	/**
	 * Its holder may have fetched the lock's keys through the open API: an app that is not ours opens
	 * with them until the eKeys are reset at the lock.
	 */
	leftHasp: z.boolean()
});
export type EkeyEnd = z.infer<typeof EkeyEnd>;

/** `end` when less is allowed than before: frozen, a period that ends earlier; else null. */
export const ChangeEkeyReply = z.object({ ekey: Ekey, end: z.nullable(EkeyEnd) });
export const DeleteEkeyReply = z.object({ end: EkeyEnd });
