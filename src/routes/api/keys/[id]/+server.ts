import { z } from 'zod';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { revokeKey } from '$lib/server/api-keys.ts';

export const trailingSlash = 'ignore';

/** Revokes a Core API key at once. */
export const DELETE = endpoint(
	{ who: 'manager', params: z.object({ id: z.string() }) },
	async ({ server, who, params }) => {
		await revokeKey(server.db, params.id, who.userId, who.company.id);
		return {};
	}
);
