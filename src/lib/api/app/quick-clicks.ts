import * as z from 'zod/mini';
import { Environment, Time } from './shapes.ts';

/** Quick clicks of one lock. */
export const QUICK_CLICKS = 100;

/** Presses of one quick click. */
export const PRESSES = { least: 3, most: 24 } as const;

/** Uses that never become fewer. */
export const UNLIMITED = 255;

const Name = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));

/** `1` for each long press, `0` for each short one. */
const Code = z
	.string()
	.check(
		z.regex(
			new RegExp(`^[01]{${PRESSES.least},${PRESSES.most}}$`),
			`${PRESSES.least} to ${PRESSES.most} presses, 1 for a long one and 0 for a short one`
		)
	);

/** 1..254, or 255 for no end. */
const Uses = z.int().check(z.minimum(1), z.maximum(UNLIMITED));

/**
 * A quick click of a lock. `waiting` for the lock's next online opening, `on-lock` by the lock's own
 * proof, `revoking`: revoked and still opens, `off`: by the lock's own proof, or it never was on it.
 */
export const QuickClick = z.object({
	id: z.string(),
	/** Empty for one of the Core API. */
	name: z.string(),
	code: z.string(),
	state: z.enum(['waiting', 'on-lock', 'revoking', 'off']),
	/** Left, as far as the lock has told, or 255 for no end. */
	uses: z.int(),
	/** What `uses` began with. */
	startUses: z.int(),
	/** The uses that it has from the next online opening on, or null. */
	nextUses: z.nullable(z.int()),
	issuedAt: Time,
	/** When the lock proved that it has it, that it has it no more. */
	provenAt: z.nullable(Time),
	revokedAt: z.nullable(Time),
	offAt: z.nullable(Time)
});
export type QuickClick = z.infer<typeof QuickClick>;

export const QuickClicksReply = z.object({
	/** Those that are not off in the order of issue, then those that went off in the last 30 days, newest first. */
	quickClicks: z.array(QuickClick),
	/** Positions that are not taken. */
	free: z.int()
});
export type QuickClicksReply = z.infer<typeof QuickClicksReply>;

export const IssueQuickClickRequest = z.object({ name: Name, code: Code, uses: Uses });
export type IssueQuickClickRequest = z.infer<typeof IssueQuickClickRequest>;

/** What is left out stays. */
export const ChangeQuickClickRequest = z.object({
	name: z.optional(Name),
	uses: z.optional(Uses)
});
export type ChangeQuickClickRequest = z.infer<typeof ChangeQuickClickRequest>;

export const QuickClickReply = z.object({ quickClick: QuickClick });
export type QuickClickReply = z.infer<typeof QuickClickReply>;

/** What a lock is to do, from its next online opening on. */
export const LockSettingsRequest = z.object({ explicitLock: z.boolean() });
export type LockSettingsRequest = z.infer<typeof LockSettingsRequest>;

/** How many keys get another value. */
export const ResetKeysReply = z.object({ keys: z.int() });
export type ResetKeysReply = z.infer<typeof ResetKeysReply>;

export const MoveLockRequest = z.object({ environment: Environment });
export type MoveLockRequest = z.infer<typeof MoveLockRequest>;
