import { z } from 'zod';
import { CoreMac, DateTime, TrackingKey } from './shapes.ts';

/** Most events of one answer; the rest is had by `before`. */
export const ACTIVITY_LIMIT = 1000;

/** Locks one call may name. */
const LOCKS = 1000;

/**
 * Filters; an absent or empty list leaves nothing out, except that button_touched, proximity_stats
 * and wake_stats come only when `actions` names them. Times are those of receipt, both included.
 */
export const ActivityRequest = z.object({
	lock_macs: z.array(CoreMac).max(LOCKS).optional(),
	/** Unknown names match nothing; `unlock` stands for `unlocked`. */
	actions: z.array(z.string().max(100)).max(100).optional(),
	tracking_keys: z.array(TrackingKey).max(LOCKS).optional(),
	before: DateTime.optional(),
	after: DateTime.optional()
});

/** The newest first. When both ends of the range are equal, the time is exact. */
export const ActivityData = z.object({
	activity: z.array(
		z.object({
			lock_mac: z.string(),
			action: z.string(),
			recorded_time: DateTime,
			range_date_start: DateTime,
			range_date_end: DateTime,
			tracking_key: z.string()
		})
	)
});
