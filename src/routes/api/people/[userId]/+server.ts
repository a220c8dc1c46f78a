import { z } from 'zod';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { removePerson } from '$lib/server/people/members.ts';

export const trailingSlash = 'ignore';

/** Takes a person out of the company and ends their sessions. */
export const DELETE = endpoint(
	{ who: 'manager', params: z.object({ userId: z.string() }) },
	async ({ server, who, params }) => {
		await removePerson(server.db, who, params.userId);
		return {};
	}
);
