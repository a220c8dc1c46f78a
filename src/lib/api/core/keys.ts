import { z } from 'zod';
import { CoreMac, TrackingKey } from './shapes.ts';

/** Elements of one call, locks or tracking keys of one element. */
const MANY = 1000;

const Macs = z.array(CoreMac).max(MANY);
const TrackingKeys = z.array(TrackingKey.min(1)).max(MANY);

/** The text has arrays for issue and revoke and an object for display: either does for all. */
function oneOrMore<S extends z.ZodType>(element: S) {
	return z
		.union([z.array(element).max(MANY), element])
		.transform((given) => (Array.isArray(given) ? given : [given]) as z.output<S>[]);
}

/** Every lock for every tracking key. */
const Issue = z.strictObject({ macs: Macs.min(1), tracking_keys: TrackingKeys.min(1) });

/** With both lists, keys that fit both; an absent or empty list leaves nothing out. */
const Display = z.strictObject({ macs: Macs.optional(), tracking_keys: TrackingKeys.optional() });

/** With both lists, keys that fit both. An empty list is a mistake, not a wish to revoke more. */
const Revoke = z
	.strictObject({ macs: Macs.min(1).optional(), tracking_keys: TrackingKeys.min(1).optional() })
	.refine(({ macs, tracking_keys }) => macs !== undefined || tracking_keys !== undefined, {
		message: 'macs or tracking_keys must be given'
	});

/**
 * One of the three; a body without members displays every key of the company. Elements take no
 * other names: with `tracking_key` for `tracking_keys`, a whole lock would be revoked.
 */
export const KeysRequest = z
	.looseObject({
		issue: oneOrMore(Issue).optional(),
		display: oneOrMore(Display).optional(),
		revoke: oneOrMore(Revoke).optional(),
		/** Only quick click calls heed it. */
		api_version: z.string().optional()
	})
	.refine(
		({ issue, display, revoke, api_version: _, ...others }) => {
			const given = [issue, display, revoke].filter((one) => one !== undefined).length;
			return given === 1 || (given === 0 && Object.keys(others).length === 0);
		},
		{ message: 'one of issue, display and revoke, or nothing' }
	);

export const CoreKey = z.object({
	tracking_key: z.string(),
	/** 16 bytes in hex. */
	offline_key: z.string().regex(/^[0-9a-f]{32}$/),
	/** 20 bytes in hex. */
	unlock_command: z.string().regex(/^[0-9a-f]{40}$/)
});
export type CoreKey = z.infer<typeof CoreKey>;

/** Issue: the keys asked for. Display: those that fit. Revoke: what remains of the locks touched. */
export const KeysData = z.object({
	locks: z.array(z.object({ mac: z.string(), keys: z.array(CoreKey) }))
});
export type KeysData = z.infer<typeof KeysData>;
