import * as z from 'zod/mini';
import { Time } from './shapes.ts';

/** An application that may call the Sifely open API for the company. */
export const SifelyApp = z.object({
	id: z.string(),
	clientId: z.string(),
	/** Before the names of the accounts that it registers, with `_` between. */
	prefix: z.string(),
	createdAt: Time,
	revokedAt: z.nullable(Time)
});
export type SifelyApp = z.infer<typeof SifelyApp>;

export const SifelyAppsReply = z.object({ apps: z.array(SifelyApp) });
/** The secret is shown once: the server keeps only a hash of it. */
export const AddSifelyAppReply = z.object({ clientId: z.string(), clientSecret: z.string() });
