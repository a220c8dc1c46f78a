import { AddDoorRequest } from '$lib/api/app/doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { addPersonDoor, listPersonDoors } from '$lib/server/sifely/doors-for-people.ts';

export const trailingSlash = 'ignore';

export const GET = endpoint({ who: 'member' }, async ({ server, who }) => ({
	doors: await listPersonDoors(server, who)
}));

/** Takes a lock that the caller's phone has just paired. */
export const POST = endpoint({ who: 'manager', body: AddDoorRequest }, ({ server, who, body }) =>
	addPersonDoor(server, who, body)
);
