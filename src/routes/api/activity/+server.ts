import { ActivityQuery } from '$lib/api/app/activity.ts';
import { showActivity } from '$lib/server/core/for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** A page of what happened, the newest first. */
export const GET = endpoint({ who: 'member', query: ActivityQuery }, ({ server, who, query }) =>
	showActivity(server.db, who, query)
);
