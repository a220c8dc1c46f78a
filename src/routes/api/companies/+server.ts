import { CompanyRequest } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { foundCompany } from '$lib/server/people/companies.ts';
import { me } from '$lib/server/people/me.ts';

export const trailingSlash = 'ignore';

/** The first company, owned by whoever makes it. Answers like GET /api/me. */
export const POST = endpoint(
	{ who: 'person', body: CompanyRequest },
	async ({ server, who, body }) =>
		me(server.db, await foundCompany(server.connection, who, body.name))
);
