import { InvitationToken } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { previewInvitation } from '$lib/server/people/invitations.ts';

export const trailingSlash = 'ignore';

/** What the holder of an invitation link sees. */
export const POST = endpoint({ who: 'anyone', body: InvitationToken }, ({ server, body }) =>
	previewInvitation(server.db, body.token)
);
