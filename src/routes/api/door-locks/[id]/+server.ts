import { z } from 'zod';
import { RenameDoorRequest } from '$lib/api/app/door-detail.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import {
	deletePersonDoor,
	renamePersonDoor,
	showPersonDoor
} from '$lib/server/sifely/door-detail.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId });

/** A lock for who manages it. */
export const GET = endpoint({ who: 'member', params }, async ({ server, who, params: { id } }) => ({
	door: await showPersonDoor(server, who, id)
}));

export const PATCH = endpoint(
	{ who: 'member', params, body: RenameDoorRequest },
	async ({ server, who, params: { id }, body }) => {
		await renamePersonDoor(server, who, id, body.name);
		return { door: await showPersonDoor(server, who, id) };
	}
);

/** Forgets it here; the lock itself is reset by the relay. */
export const DELETE = endpoint(
	{ who: 'member', params },
	async ({ server, who, params: { id } }) => {
		await deletePersonDoor(server, who, id);
		return {};
	}
);
