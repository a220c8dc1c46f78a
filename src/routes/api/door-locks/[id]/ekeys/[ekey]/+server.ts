import { z } from 'zod';
import { ChangeEkeyRequest } from '$lib/api/app/ekeys.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';
import { changePersonEkey, deletePersonEkey } from '$lib/server/sifely/ekeys-for-people.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId, ekey: PathId });

export const PATCH = endpoint(
	{ who: 'member', params, body: ChangeEkeyRequest },
	({ server, who, params: { id, ekey }, body }) => changePersonEkey(server, who, [id, ekey], body)
);

export const DELETE = endpoint(
	{ who: 'member', params },
	async ({ server, who, params: { id, ekey } }) => ({
		end: await deletePersonEkey(server, who, id, ekey)
	})
);
