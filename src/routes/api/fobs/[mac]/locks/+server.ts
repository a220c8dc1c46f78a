import * as z from 'zod/mini';
import { GrantFobRequest } from '$lib/api/app/fobs.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { grantToFob } from '$lib/server/core/fobs-for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** Gives the fob locks, which it has from its next sync on. */
export const POST = endpoint(
	{
		who: 'manager',
		params: z.object({ mac: Mac }),
		body: GrantFobRequest,
		changes: ({ locks }) => locks.length
	},
	({ server, who, params: { mac }, body }) => grantToFob(server.db, who, mac, body)
);
