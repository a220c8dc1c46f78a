import { z } from 'zod';
import { GrantLocksRequest } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { grantLocks } from '$lib/server/people/members.ts';

export const trailingSlash = 'ignore';

/** Sets exactly which locks a member may open. */
export const PUT = endpoint(
	{ who: 'manager', params: z.object({ userId: z.string() }), body: GrantLocksRequest },
	async ({ server, who, params, body }) => {
		await grantLocks(server.db, who, params.userId, body.locks);
		return {};
	}
);
