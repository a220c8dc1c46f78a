import * as z from 'zod/mini';
import { ChangeQuickClickRequest } from '$lib/api/app/quick-clicks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { changeQuickClick, revokeQuickClick } from '$lib/server/core/lock-codes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac, id: z.string().check(z.maxLength(40)) });

/** Changes its name, or how often it may be used. */
export const PATCH = endpoint(
	{ who: 'manager', params, body: ChangeQuickClickRequest },
	async ({ server, who, params: { mac, id }, body }) => ({
		quickClick: await changeQuickClick(server.db, who, mac, id, body)
	})
);

/** Revokes it: it opens until the lock's next online opening. */
export const DELETE = endpoint(
	{ who: 'manager', params },
	async ({ server, who, params: { mac, id } }) => ({
		quickClick: await revokeQuickClick(server.db, who, mac, id)
	})
);
