import { DebtQuery } from '$lib/api/app/debt.ts';
import { debtOf } from '$lib/server/core/debt.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** What is revoked and still opens, by the lock to visit. */
export const GET = endpoint({ who: 'manager', query: DebtQuery }, ({ server, who, query }) =>
	debtOf(server.db, who.company.id, query.cursor)
);
