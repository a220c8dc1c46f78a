import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** Days and hours at which an eKey holds; the hours are those of its two dates. */
const Recurrence = z.object({
	/** 1 Sunday to 7 Saturday. */
	weekDays: z.array(z.int()),
	startDay: z.int(),
	endDay: z.int()
});

/** A door lock as somebody sees it who may open it, some day at least. */
export const Door = z.object({
	id: z.int(),
	name: z.string(),
	mac: z.string(),
	/** As it advertises. */
	deviceName: z.string(),
	/** Last reading, or null before the first. */
	battery: z.nullable(z.object({ percent: z.int(), at: Time })),
	/** True for who may manage it: its owner, its administrators, managers of the company. */
	manages: z.boolean(),
	/** Whether this person may open it now, and why not. */
	opens: z.enum(['now', 'not-yet', 'expired', 'outside-hours', 'used', 'frozen', 'reset']),
	/** Their eKey, or null for managers of the company who have none. */
	ekey: z.nullable(
		z.object({
			id: z.int(),
			kind: z.enum(['admin', 'common']),
			startDate: z.int(),
			/** 0 without an end, 1 for one opening. */
			endDate: z.int(),
			recurrence: z.nullable(Recurrence)
		})
	)
});
export type Door = z.infer<typeof Door>;

export const DoorsReply = z.object({ doors: z.array(Door) });

/** A lock that this phone has just paired. */
export const AddDoorRequest = z.object({
	lockData: z.string().check(z.minLength(1), z.maxLength(8000)),
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80))
});

export const AddDoorReply = z.object({ id: z.int() });

/** A frame of a lock: 15 to 255 bytes. */
const FrameHex = z.string().check(z.regex(/^([0-9a-f]{2}){15,255}$/, 'a frame in lower-case hex'));

/**
 * One step of a conversation that the server has with a lock, and the phone carries: what the lock has
 * answered so far, none at first. Of the log only the last answer is sent.
 */
export const RelayRequest = z.object({
	action: z.enum(['unlock', 'lock', 'log']),
	/** Of the reply before; left out at first. */
	at: z.optional(Time),
	answers: z.array(FrameHex).check(z.maxLength(20))
});
export type RelayRequest = z.infer<typeof RelayRequest>;

export const RelayReply = z.object({
	/** Seconds, by which the lock's log names this opening: the same through a conversation. */
	at: z.int(),
	/** The next frame, whole; none when the lock's last answer was not yet the one waited for. */
	commands: z.array(FrameHex),
	/** 0 when this frame opens or locks: written once, it is never written again. */
	opensAt: z.nullable(z.literal(0)),
	/** How it ended, or null while it goes on: `success`, or the lock's reason. */
	result: z.nullable(z.string())
});
export type RelayReply = z.infer<typeof RelayReply>;

/** With their e-mail address and this password a person signs in to the open API, as its MD5. */
export const ApiPasswordRequest = z.object({
	password: z.string().check(z.minLength(12), z.maxLength(128))
});
