import { z } from 'zod';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { withdraw } from '$lib/server/people/invitations.ts';

export const trailingSlash = 'ignore';

/** Withdraws an invitation that still stands. */
export const DELETE = endpoint(
	{ who: 'manager', params: z.object({ id: z.string() }) },
	async ({ server, who, params }) => {
		await withdraw(server.db, who, params.id);
		return {};
	}
);
