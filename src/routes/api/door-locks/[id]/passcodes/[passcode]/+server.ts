import { z } from 'zod';
import { ChangePasscodeRequest } from '$lib/api/app/passcodes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { changePersonCode, deletePersonCode } from '$lib/server/sifely/code-wishes.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId, passcode: PathId });

export const PATCH = endpoint(
	{ who: 'member', params, body: ChangePasscodeRequest },
	async ({ server, who, params: { id, passcode }, body }) => ({
		passcode: await changePersonCode(server, who, [id, passcode], body)
	})
);

export const DELETE = endpoint(
	{ who: 'member', params },
	async ({ server, who, params: { id, passcode } }) => ({
		passcode: await deletePersonCode(server, who, [id, passcode])
	})
);
