import * as z from 'zod/mini';
import { FobCommandsRequest } from '$lib/api/app/fobs.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { syncFor } from '$lib/server/core/fobs-for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** Packets that bring the fob all it is to hold, written down before they are answered. */
export const POST = endpoint(
	{ who: 'manager', params: z.object({ mac: Mac }), body: FobCommandsRequest },
	({ server, who, params: { mac }, body }) => syncFor(server, who, mac, body.session)
);
