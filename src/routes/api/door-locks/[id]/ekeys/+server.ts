import { z } from 'zod';
import { SendEkeyRequest } from '$lib/api/app/ekeys.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';
import { listPersonEkeys, sendPersonEkey } from '$lib/server/sifely/ekeys-for-people.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId });

export const GET = endpoint({ who: 'member', params }, ({ server, who, params: { id } }) =>
	listPersonEkeys(server, who, id)
);

export const POST = endpoint(
	{ who: 'member', params, body: SendEkeyRequest },
	async ({ server, who, params: { id }, body }) => ({
		ekey: await sendPersonEkey(server, who, id, body)
	})
);
