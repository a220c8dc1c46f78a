import { InvitationToken } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { acceptInvitation } from '$lib/server/people/invitations.ts';
import { me } from '$lib/server/people/me.ts';

export const trailingSlash = 'ignore';

/** Accepts it for whoever is signed in. Answers like GET /api/me. */
export const POST = endpoint(
	{ who: 'person', body: InvitationToken },
	async ({ server, who, body }) => me(server.db, await acceptInvitation(server.db, who, body.token))
);
