import { z } from 'zod';
import { CoreMac, CorePacket, CoreSession } from './shapes.ts';

/** What the mobile libraries queued: for each session the server packets of its lock. */
export const UploadRequest = z.object({
	logs: z.array(
		z.object({
			session: CoreSession,
			mac: CoreMac,
			/** Unix seconds. */
			received_time: z.int().min(0).max(8_640_000_000),
			responses: z.array(CorePacket)
		})
	)
});

export const UploadData = z.object({});
