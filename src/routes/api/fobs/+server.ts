import { AddFobRequest } from '$lib/api/app/fobs.ts';
import { listFobs, showFob } from '$lib/server/core/fob-list.ts';
import { addFob } from '$lib/server/fobs.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** The company's fobs. */
export const GET = endpoint({ who: 'manager' }, async ({ server, who }) => ({
	fobs: await listFobs(server.db, who)
}));

/** Adds a fob; its base key is not answered. */
export const POST = endpoint(
	{ who: 'manager', body: AddFobRequest },
	async ({ server: { db, secret }, who, body }) => {
		const by = { companyId: who.company.id, actor: who.userId, name: who.name };
		await addFob(db, secret, by, body);
		return showFob(db, who, body.mac);
	}
);
