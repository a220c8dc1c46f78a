import { endpoint } from '$lib/server/http/endpoint.ts';
import { listInvitations } from '$lib/server/people/invitations.ts';
import { listPeople } from '$lib/server/people/members.ts';

export const trailingSlash = 'ignore';

/** Everybody of the company, and the invitations that still stand. */
export const GET = endpoint({ who: 'manager' }, async ({ server: { db }, who }) => ({
	people: await listPeople(db, who.company.id),
	invitations: await listInvitations(db, who.company.id)
}));
