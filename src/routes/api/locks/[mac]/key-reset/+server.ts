import * as z from 'zod/mini';
import { Mac } from '$lib/api/app/shapes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { resetKeys } from '$lib/server/key-reset.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** Gives every key of the lock another value, from its next online opening on. */
export const POST = endpoint({ who: 'manager', params }, async ({ server, who, params }) => ({
	keys: await resetKeys(server.db, { companyId: who.company.id, actor: who.userId }, params.mac)
}));
