import { z } from 'zod';
import { CoreMac } from './shapes.ts';

/** Settings of locks; a lock that cannot, or another name, is answered by name and fails nothing. */
export const SettingsRequest = z.object({
	settings: z
		.object({
			/** The lock stays free until it is told to engage. */
			'explicit-lock': z.boolean().optional()
		})
		.catchall(z.unknown())
		.refine((settings) => Object.keys(settings).length > 0, { message: 'no setting is named' }),
	macs: z.array(CoreMac).min(1).max(1000)
});

/** What became of each lock, in lines that begin with `SUCCESS: ` or `ERROR: `. */
export const SettingsData = z.object({
	locks: z.array(z.object({ mac: z.string(), messages: z.array(z.string()).min(1) }))
});
export type SettingsData = z.infer<typeof SettingsData>;
