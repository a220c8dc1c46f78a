import { endpoint } from '$lib/server/http/endpoint.ts';
import { openDemo } from '$lib/server/people/demo.ts';

export const trailingSlash = 'ignore';

/** A demo company with one virtual padlock, and the caller signed in to it. */
export const POST = endpoint({ who: 'anyone' }, ({ server, who, request }) =>
	openDemo(server, who, request)
);
