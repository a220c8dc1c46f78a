import * as z from 'zod/mini';
import { Mac } from '$lib/api/app/shapes.ts';
import { takeFromFob } from '$lib/server/core/fobs-for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** Takes the lock from the fob; it still opens until its next online opening. */
export const DELETE = endpoint(
	{ who: 'manager', params: z.object({ mac: Mac, lock: Mac }) },
	async ({ server, who, params: { mac, lock } }) => {
		await takeFromFob(server.db, who, mac, lock);
		return {};
	}
);
