import { z } from 'zod';
import { Commands, CoreMac, CoreSession, TrackingKey } from './shapes.ts';

/** One lock, the session it showed, and who is to be named in its log. */
export const UnlockRequest = z.object({
	mac: CoreMac,
	session: CoreSession,
	tracking_key: TrackingKey.nullish()
});

export const UnlockData = Commands;
