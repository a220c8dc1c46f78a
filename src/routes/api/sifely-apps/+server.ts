import { endpoint } from '$lib/server/http/endpoint.ts';
import { addAppFor, listApps } from '$lib/server/sifely/apps.ts';

export const trailingSlash = 'ignore';

export const GET = endpoint({ who: 'manager' }, async ({ server, who }) => ({
	apps: await listApps(server.db, who.company.id)
}));

/** Makes an application for the open API; the secret is answered this once. */
export const POST = endpoint({ who: 'manager' }, ({ server, who }) => addAppFor(server.db, who));
