import * as z from 'zod/mini';
import { CommandsRequest } from '$lib/api/app/locks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { issueTo } from '$lib/server/core/for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** Packets for one session of a lock, written down before they are answered. */
export const POST = endpoint(
	{ who: 'member', params, body: CommandsRequest },
	({ server, who, params: { mac }, body }) => issueTo(server, who, mac, body)
);
