import * as z from 'zod/mini';
import { RevokeKeyQuery } from '$lib/api/app/offline.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { revokeSlot } from '$lib/server/core/phone-keys.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({
	mac: Mac,
	slot: z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100))
});

/** Revokes the key in this slot. */
export const DELETE = endpoint(
	{ who: 'member', params, query: RevokeKeyQuery },
	({ server, who, params: { mac, slot }, query: { issue } }) =>
		revokeSlot(server.db, who, mac, { slot, issue })
);
