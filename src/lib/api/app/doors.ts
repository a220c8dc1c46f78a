import * as z from 'zod/mini';
import { EkeyPeriod, EkeyVerdict } from './ekeys.ts';
import { PassageHours } from './door-detail.ts';
import { Time } from './shapes.ts';

/** A door lock as somebody sees it who may open it, some day at least. */
export const Door = z.object({
	id: z.int(),
	name: z.string(),
	mac: z.string(),
	/** As it advertises. */
	deviceName: z.string(),
	/** Milliseconds that its clock is ahead of UTC: an eKey's hours are read by it. */
	timezoneOffset: z.int(),
	/** Last reading, or null before the first. */
	battery: z.nullable(z.object({ percent: z.int(), at: Time })),
	/** True for who may manage it: its owner, its administrators, managers of the company. */
	manages: z.boolean(),
	/** Whether this person may open it now, and why not. */
	opens: EkeyVerdict,
	/** Their eKey, or null for managers of the company who have none. */
	ekey: z.nullable(
		z.object({
			id: z.int(),
			kind: z.enum(['admin', 'common']),
			...EkeyPeriod.shape
		})
	)
});
export type Door = z.infer<typeof Door>;

/** One of them; left out, the list. */
export const DoorsQuery = z.object({
	id: z.optional(z.coerce.number().check(z.int(), z.minimum(0), z.maximum(2 ** 31 - 1)))
});
/** The first of them by name, and how many there are. */
export const DoorsReply = z.object({ doors: z.array(Door), total: z._default(z.int(), 0) });
export type DoorsReply = z.infer<typeof DoorsReply>;

/** A lock that this phone has just paired. */
export const AddDoorRequest = z.object({
	lockData: z.string().check(z.minLength(1), z.maxLength(8000)),
	name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
	/**
	 * Whether it was paired just now: then its keys take the place of those that its owner has here. A
	 * pairing that waited for the network may be older than they are, and is refused as `conflict`.
	 */
	isFresh: z._default(z.boolean(), false)
});

export const AddDoorReply = z.object({ id: z.int() });

/** A frame of a lock: 15 to 255 bytes. */
export const FrameHex = z
	.string()
	.check(z.regex(/^([0-9a-f]{2}){15,255}$/, 'a frame in lower-case hex'));

/** What of a conversation is sent with each of its steps. */
const Step = {
	/** Of the reply before; left out at first. */
	at: z.optional(Time),
	/** What the lock has answered so far, none at first. Of the log only the last answer is sent. */
	answers: z.array(FrameHex).check(z.maxLength(300))
};

/**
 * One step of a conversation that the server has with a lock, and the phone carries. `unlock`, `lock`
 * and `log` are for holders; the others for who manages the lock, `reset` and `reset-ekeys` for its
 * owner and managers of the company. Everything may be done again after an answer that was lost.
 */
export const RelayRequest = z.discriminatedUnion('action', [
	z.object({
		action: z.enum([
			'unlock',
			'lock',
			'log',
			/** Sets the lock's clock by the server's. */
			'set-clock',
			/** Asks what it is and how it is set; `DoorDetail.said` has it then. */
			'read-status',
			/** Asks for its passcodes, and settles by them which of ours it has. */
			'read-passcodes',
			/**
			 * From its success on every eKey that was sent before opens nothing any more, wherever it lies.
			 * `invalid-key`: the lock does not do it over the air; reset it, and pair it again.
			 */
			'reset-ekeys',
			/**
			 * Gives the lock back: it waits to be paired, and is deleted here. `not-found` on the way, when
			 * the lock was here a moment ago, is the same success, whose answer was lost.
			 */
			'reset'
		]),
		...Step
	}),
	/** Tells the lock what waits for it of this passcode: to be added, changed or removed. */
	z.object({
		action: z.literal('tell-passcode'),
		passcode: z.int().check(z.minimum(0), z.maximum(2 ** 31 - 1)),
		...Step
	}),
	/** Seconds after which it locks by itself; 0 is never. */
	z.object({
		action: z.literal('set-auto-lock'),
		seconds: z.int().check(z.minimum(0), z.maximum(65_535)),
		...Step
	}),
	z.object({ action: z.literal('set-sound'), on: z.boolean(), ...Step }),
	/** Null ends it. */
	z.object({ action: z.literal('set-passage'), passage: z.nullable(PassageHours), ...Step })
]);
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
