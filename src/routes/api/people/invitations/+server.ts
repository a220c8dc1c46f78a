import { InviteRequest } from '$lib/api/app/people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { invitationLink, invite } from '$lib/server/people/invitations.ts';

export const trailingSlash = 'ignore';

/** Invites someone; the link is answered this once. */
export const POST = endpoint(
	{ who: 'manager', body: InviteRequest },
	async ({ server: { db, config }, who, body }) => {
		const { invitation, token } = await invite(db, who, body);
		return { invitation, link: invitationLink(config.origin, token) };
	}
);
