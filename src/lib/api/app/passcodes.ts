import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** Random passcodes, by what they open for. */
export const RANDOM_KINDS = [
	'once',
	'permanent',
	'period',
	'delete',
	'weekend',
	'daily',
	'workday',
	'monday',
	'tuesday',
	'wednesday',
	'thursday',
	'friday',
	'saturday',
	'sunday'
] as const;
export type RandomKind = (typeof RANDOM_KINDS)[number];

const Code = z.string().check(z.regex(/^\d{4,9}$/, 'a passcode has 4 to 9 digits'));
/** A lock counts 2000 to 2099. */
const Moment = z.int().check(z.minimum(0), z.maximum(4_102_444_799_999));

/** A passcode of a lock that was not deleted. */
export const Passcode = z.object({
	id: z.int(),
	name: z.string(),
	code: z.string(),
	/** A random one the lock computes too; a custom one it has to be told. */
	origin: z.enum(['random', 'custom']),
	/** Custom ones are `permanent` or `period`. */
	kind: z.enum(RANDOM_KINDS),
	/** Of days of the week only the hours count, on the lock's clock. */
	startDate: z.int(),
	/** 0 without an end. */
	endDate: z.int(),
	/** A random one that was not used until then never opens; null where there is no such moment. */
	useBefore: z.nullable(Time),
	/** When the lock's log named it first, or null. */
	usedAt: z.nullable(Time),
	/** True when its end has passed. */
	isOver: z.boolean(),
	/** What the lock has to be told at it, by the relay's `tell-passcode`, or null. */
	waits: z.nullable(z.enum(['add', 'change', 'remove'])),
	/** True when the lock was told and its answer was lost: nobody knows, until it is told again. */
	isUnknown: z.boolean(),
	/** How it will be when the lock has been told of the change. */
	next: z.nullable(z.object({ code: z.string(), startDate: z.int(), endDate: z.int() })),
	/** Name of who made it, or null. */
	maker: z.nullable(z.string()),
	createdAt: Time
});
export type Passcode = z.infer<typeof Passcode>;

/** The newest first; `isCut` when there are more than 1000. */
export const PasscodesReply = z.object({
	passcodes: z.array(Passcode),
	isCut: z._default(z.boolean(), false)
});
export const PasscodeReply = z.object({ passcode: Passcode });

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(80));

/**
 * A random one works as soon as it is answered; its times are whole hours of the lock's clock. A custom
 * one waits for the lock.
 */
export const AddPasscodeRequest = z.discriminatedUnion('origin', [
	z.object({
		origin: z.literal('random'),
		kind: z.enum(RANDOM_KINDS),
		name: Name,
		startDate: Moment,
		/** Of `period` and of days of the week: there its hour counts, and the day is that of the start. */
		endDate: z.optional(Moment)
	}),
	z.object({
		origin: z.literal('custom'),
		name: Name,
		code: Code,
		/** Left out, it has no end. */
		period: z.optional(z.object({ startDate: Moment, endDate: Moment }))
	})
]);
export type AddPasscodeRequest = z.infer<typeof AddPasscodeRequest>;

/** Code and period are for custom ones only; they wait for the lock. */
export const ChangePasscodeRequest = z.object({
	name: z.optional(Name),
	code: z.optional(Code),
	period: z.optional(z.object({ startDate: Moment, endDate: Moment }))
});
export type ChangePasscodeRequest = z.infer<typeof ChangePasscodeRequest>;

/** Null when it is gone: the lock never had it, or it is over. Else it waits for the lock. */
export const DeletePasscodeReply = z.object({ passcode: z.nullable(Passcode) });
