import { FleetCountsQuery } from '$lib/api/app/fleet.ts';
import { countFleet } from '$lib/server/fleet.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** How many each facet would leave. */
export const GET = endpoint(
	{ who: 'member', query: FleetCountsQuery },
	({ server, who, query, request }) => countFleet(server.db, who, query, request.signal)
);
