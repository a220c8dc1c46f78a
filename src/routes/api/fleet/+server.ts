import { FleetQuery } from '$lib/api/app/fleet.ts';
import { listFleet } from '$lib/server/fleet.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** A page of the locks the caller sees, narrowed by words and facets. */
export const GET = endpoint(
	{ who: 'member', query: FleetQuery },
	({ server, who, query, request }) => listFleet(server.db, who, query, request.signal)
);
