import { endpoint } from '$lib/server/http/endpoint.ts';
import { me } from '$lib/server/people/me.ts';

export const trailingSlash = 'ignore';

/** Who is signed in, and whether this server has a company yet. */
export const GET = endpoint({ who: 'anyone' }, ({ server, who }) => me(server.db, who));
