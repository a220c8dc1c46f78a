import * as z from 'zod/mini';
import { MoveLockRequest } from '$lib/api/app/quick-clicks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { moveTo } from '$lib/server/lock-settings.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** Moves the lock between production and the sandbox. */
export const PUT = endpoint(
	{ who: 'manager', params, body: MoveLockRequest },
	async ({ server, who, params: { mac }, body }) => ({
		lock: await moveTo(server.db, who, mac, body.environment)
	})
);
