import { z } from 'zod';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { revokeApp } from '$lib/server/sifely/apps.ts';

export const trailingSlash = 'ignore';

/** Ends an application and all its tokens at once. */
export const DELETE = endpoint(
	{ who: 'manager', params: z.object({ id: z.string() }) },
	async ({ server, who, params }) => {
		await revokeApp(server.db, who.company.id, who.userId, params.id);
		return {};
	}
);
