import { openApi } from '$lib/api/core/openapi.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** The Core API as an OpenAPI 3.1 document; it says nothing that the text of the API does not. */
export const GET = endpoint({ who: 'anyone' }, ({ server }) =>
	Promise.resolve(openApi(server.config.origin))
);
