import * as z from 'zod/mini';
import { Mac, PacketHex, Sender, Session, Time } from './shapes.ts';

/** Actions of the Core API text; the three last are left out unless asked for. */
export const ACTIONS = [
	'alarm_triggered',
	'failed_unlock',
	'locked',
	'setup_unlocked',
	'start_up',
	'unknown',
	'unlock_via_access_code',
	'unlocked',
	'unlocked_via_quick_click',
	'button_touched',
	'proximity_stats',
	'wake_stats'
] as const;
export type ActivityAction = (typeof ACTIONS)[number];

/** One event. When `rangeStart` equals `rangeEnd` the time is exact, else it lies between them. */
export const ActivityEntry = z.object({
	id: z.string(),
	mac: z.string(),
	lockName: z.string(),
	action: z.enum(ACTIONS),
	recordedAt: Time,
	rangeStart: Time,
	rangeEnd: Time,
	/** Who or what opened: an email address, a fob's or a quick click's name, what an API called it. */
	trackingKey: z.nullable(z.string()),
	/**
	 * An opening by the key of a phone that has been in contact since and does not claim it: the key
	 * was used outside the app.
	 */
	unclaimed: z._default(z.boolean(), false)
});
export type ActivityEntry = z.infer<typeof ActivityEntry>;

export const ActivityQuery = z.object({
	mac: z.optional(Mac),
	action: z.optional(z.enum(ACTIONS)),
	trackingKey: z.optional(z.string().check(z.maxLength(200))),
	before: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
	after: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
	/** `next` of the page before. */
	cursor: z.optional(z.string().check(z.maxLength(200))),
	limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)), 50)
});
export const ActivityReply = z.object({
	activity: z.array(ActivityEntry),
	next: z.nullable(z.string())
});
export type ActivityReply = z.infer<typeof ActivityReply>;

/** What a lock sent in one session, kept by the phone until the server lists its id as durable. */
export const UploadBatch = z.object({
	/** Made by the phone before the first send; the same id always has the same body. */
	id: z.string().check(z.minLength(8), z.maxLength(64)),
	mac: Mac,
	session: Session,
	receivedAt: Time,
	/** In the order they were received. */
	packets: z.array(PacketHex).check(z.minLength(1), z.maxLength(2000))
});
export type UploadBatch = z.infer<typeof UploadBatch>;

/** An opening with an offline key, as the phone wrote it down before it said so. */
export const Claim = z.object({
	mac: Mac,
	/** In which it opened: its record is found by it, however wrong the phone's clock was. */
	session: z.optional(Session),
	slot: z.int().check(z.minimum(1), z.maximum(100)),
	/** By the phone's clock: the time that went into the packet. */
	at: Time
});
export type Claim = z.infer<typeof Claim>;

export const UploadRequest = z
	.object({
		batches: z.array(UploadBatch).check(z.maxLength(200)),
		/** Every one of them may leave the outbox when this request was answered, not refused. */
		claims: z.optional(z.array(Claim).check(z.maxLength(200))),
		/** The phone's clock when it sends: tells how far the times of its claims are off. */
		sentAt: z.optional(Time),
		sender: z.optional(Sender)
	})
	.check(
		z.refine(({ batches, claims = [] }) => batches.length + claims.length > 0, 'nothing is sent')
	);
export const UploadReply = z.object({
	/** Ids whose packets are on disk here; only these may leave the phone's outbox. */
	durable: z.array(z.string()),
	/** Ids that can never be taken (another lock's, same id with another body). */
	refused: z.array(z.object({ id: z.string(), code: z.enum(['not-found', 'conflict']) }))
});
export type UploadReply = z.infer<typeof UploadReply>;
