import { ApiPasswordRequest } from '$lib/api/app/doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { setApiPassword } from '$lib/server/sifely/doors-for-people.ts';

export const trailingSlash = 'ignore';

/** Sets the caller's password for the open API, where their name is their e-mail address. */
export const PUT = endpoint(
	{ who: 'member', body: ApiPasswordRequest },
	async ({ server, who, body }) => {
		await setApiPassword(server, who, body.password);
		return {};
	}
);
