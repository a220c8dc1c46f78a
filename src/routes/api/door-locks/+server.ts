import { AddDoorRequest, DoorsQuery } from '$lib/api/app/doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { findPersonDoor, listPersonDoors } from '$lib/server/sifely/door-list.ts';
import { addPersonDoor } from '$lib/server/sifely/doors-for-people.ts';

export const trailingSlash = 'ignore';

export const GET = endpoint(
	{ who: 'member', query: DoorsQuery },
	({ server: { db }, who, query: { id } }) =>
		id === undefined ? listPersonDoors(db, who) : findPersonDoor(db, who, id)
);

/** Takes a lock that the caller's phone has just paired. */
export const POST = endpoint({ who: 'manager', body: AddDoorRequest }, ({ server, who, body }) =>
	addPersonDoor(server, who, body)
);
