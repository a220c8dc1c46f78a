import { z } from 'zod';
import { ChangeLockRequest } from '$lib/api/app/locks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { toLock } from '$lib/server/lock-list.ts';
import { changeLock, findLock } from '$lib/server/locks.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

export const GET = endpoint({ who: 'member', params }, async ({ server, who, params }) => ({
	lock: toLock(await findLock(server.db, who, params.mac))
}));

/** Changes a lock's name or place. */
export const PATCH = endpoint(
	{ who: 'manager', params, body: ChangeLockRequest },
	async ({ server, who, params, body }) => ({
		lock: await changeLock(server.db, who, params.mac, body)
	})
);
