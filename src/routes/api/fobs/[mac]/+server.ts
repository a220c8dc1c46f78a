import * as z from 'zod/mini';
import { Mac } from '$lib/api/app/shapes.ts';
import { showFob } from '$lib/server/core/fob-list.ts';
import { removeFob } from '$lib/server/fobs.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** A fob, and what it and its locks have proven. */
export const GET = endpoint({ who: 'manager', params }, ({ server, who, params: { mac } }) =>
	showFob(server.db, who, mac)
);

/** Forgets a fob that never was synced. */
export const DELETE = endpoint(
	{ who: 'manager', params },
	async ({ server, who, params: { mac } }) => {
		await removeFob(server.db, { companyId: who.company.id, actor: who.userId }, mac);
		return {};
	}
);
