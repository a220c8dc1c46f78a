import { z } from 'zod';
import { CoreMac, DateTime } from './shapes.ts';

/** Locks that fit either list; neither list, or both empty: every lock of the company. */
export const LockRequest = z.object({
	macs: z.array(CoreMac).optional(),
	serials: z.array(z.string().max(100)).optional()
});

export const CoreLock = z.object({
	mac: z.string(),
	created_by: z.string(),
	created_date: DateTime,
	setup_count: z.int().min(0),
	/** Lower case, as the text has it: `4i`. */
	hw_version: z.string(),
	fw_version: z.string(),
	serial: z.string(),
	/** Millivolts; 0 before the first reading. */
	internal_battery: z.int().min(0),
	external_battery: z.int().min(0),
	status: z.enum(['ready', 'awaiting setup']),
	/** What waits for the lock's next online unlock. */
	flags: z.union([z.literal('none'), z.array(z.enum(['keys'])).min(1)]),
	settings: z.record(z.string(), z.boolean())
});
export type CoreLock = z.infer<typeof CoreLock>;

export const LockData = z.object({ locks: z.array(CoreLock) });
