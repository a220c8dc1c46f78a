import { z } from 'zod';
import { AddPasscodeRequest } from '$lib/api/app/passcodes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { addPersonCode, listPersonCodes } from '$lib/server/sifely/codes-for-people.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId });

export const GET = endpoint({ who: 'member', params }, ({ server, who, params: { id } }) =>
	listPersonCodes(server, who, id)
);

export const POST = endpoint(
	{ who: 'member', params, body: AddPasscodeRequest },
	async ({ server, who, params: { id }, body }) => ({
		passcode: await addPersonCode(server, who, id, body)
	})
);
