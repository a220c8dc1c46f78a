import { AddApiKeyRequest } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { addKeyFor, listKeys } from '$lib/server/api-keys.ts';

export const trailingSlash = 'ignore';

export const GET = endpoint({ who: 'manager' }, async ({ server, who }) => ({
	keys: await listKeys(server.db, who.company.id)
}));

/** Makes a Core API key; the secret is answered this once. */
export const POST = endpoint({ who: 'manager', body: AddApiKeyRequest }, ({ server, who, body }) =>
	addKeyFor(server.db, who, body)
);
