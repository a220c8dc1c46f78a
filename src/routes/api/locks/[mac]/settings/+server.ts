import * as z from 'zod/mini';
import { LockSettingsRequest } from '$lib/api/app/quick-clicks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { setExplicitLock } from '$lib/server/lock-settings.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** What the lock is to do, from its next online opening on. */
export const PUT = endpoint(
	{ who: 'manager', params, body: LockSettingsRequest },
	async ({ server, who, params: { mac }, body }) => ({
		lock: await setExplicitLock(server.db, who, mac, body.explicitLock)
	})
);
