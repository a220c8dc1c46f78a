import { z } from 'zod';
import { GiveDoorRequest } from '$lib/api/app/door-detail.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { givePersonDoor } from '$lib/server/sifely/door-detail.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';

export const trailingSlash = 'ignore';

/** Makes a person of the company the owner. */
export const POST = endpoint(
	{ who: 'member', params: z.object({ id: PathId }), body: GiveDoorRequest },
	async ({ server, who, params: { id }, body }) => {
		await givePersonDoor(server, who, id, body.userId);
		return {};
	}
);
