import { z } from 'zod';
import { CoreKey } from './keys.ts';
import { Commands, CoreMac, CoreSession, TrackingKey } from './shapes.ts';

/** Locks of one call: as many as a fob has places for. */
const LOCKS = 100;
const MANY = 1000;

/** Locks that a fob is to open; one that it opens already keeps its key. */
export const IssueFobRequest = z.object({
	fob_mac: CoreMac,
	locks: z
		.array(z.object({ mac: CoreMac, tracking_key: TrackingKey.min(1) }))
		.min(1)
		.max(LOCKS)
});

/** With both lists, locks that fit both. Neither would empty the fob: that is a mistake. */
export const RevokeFobRequest = z
	.strictObject({
		fob_mac: CoreMac,
		lock_macs: z.array(CoreMac).min(1).max(MANY).optional(),
		tracking_keys: z.array(TrackingKey).min(1).max(MANY).optional(),
		/** Only quick click calls heed it. */
		api_version: z.string().optional()
	})
	.refine(
		({ lock_macs, tracking_keys }) => lock_macs !== undefined || tracking_keys !== undefined,
		{
			message: 'lock_macs or tracking_keys must be given'
		}
	);

/** No MACs: every fob of the company. */
export const DisplayFobsRequest = z.object({ fob_macs: z.array(CoreMac).max(MANY).optional() });

/** The fob and the session that it showed. */
export const SyncFobRequest = z.object({ mac: CoreMac, session: CoreSession });
export const SyncFobData = Commands;

const FobLock = CoreKey.extend({
	mac: z.string(),
	/** Whether the fob has proven to have this key. */
	status: z.enum(['pending', 'synced', 'revoke_pending'])
});
export type FobLock = z.infer<typeof FobLock>;

export const FobsData = z.array(z.object({ fob: z.string(), locks: z.array(FobLock) }));
export type FobsData = z.infer<typeof FobsData>;
