import { ApiPasswordRequest } from '$lib/api/app/doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { setApiPassword } from '$lib/server/sifely/doors-for-people.ts';

export const trailingSlash = 'ignore';

/** Sets the caller's password for the open API; their name there is their address, numbered when it was taken. */
export const PUT = endpoint(
	{ who: 'member', body: ApiPasswordRequest },
	async ({ server, who, body }) => {
		await setApiPassword(server, who, body.password);
		return {};
	}
);
