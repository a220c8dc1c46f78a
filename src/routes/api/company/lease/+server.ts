import { Lease } from '$lib/api/app/offline.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { leaseDays, setLease } from '$lib/server/lease.ts';

export const trailingSlash = 'ignore';

/** Days a phone may use its keys without a contact. */
export const GET = endpoint({ who: 'manager' }, async ({ server, who }) => ({
	days: await leaseDays(server.db, who.company.id)
}));

export const PUT = endpoint({ who: 'manager', body: Lease }, async ({ server, who, body }) => {
	await setLease(server.db, who, body);
	return body;
});
