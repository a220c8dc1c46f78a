import { FirstSignInRequest } from '$lib/api/app/first-sign-in.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { firstSignIn } from '$lib/server/sifely/first-sign-in.ts';

export const trailingSlash = 'ignore';

/** Sets a password in place of the first one of an account that an eKey was sent to; signs nobody in. */
export const POST = endpoint(
	{ who: 'anyone', body: FirstSignInRequest },
	({ server, request, body }) => firstSignIn(server, request, body)
);
