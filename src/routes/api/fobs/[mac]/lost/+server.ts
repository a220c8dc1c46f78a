import * as z from 'zod/mini';
import { Mac } from '$lib/api/app/shapes.ts';
import { findAgain, loseFob } from '$lib/server/core/fobs-for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** It is lost: every lock is taken from it. */
export const PUT = endpoint({ who: 'manager', params }, async ({ server, who, params }) => {
	await loseFob(server.db, who, params.mac);
	return {};
});

/** It is here again. */
export const DELETE = endpoint({ who: 'manager', params }, async ({ server, who, params }) => {
	await findAgain(server.db, who, params.mac);
	return {};
});
