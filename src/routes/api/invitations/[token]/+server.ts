import { z } from 'zod';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { acceptInvitation, previewInvitation } from '$lib/server/people/invitations.ts';
import { me } from '$lib/server/people/me.ts';

export const trailingSlash = 'ignore';

const params = z.object({ token: z.string().max(100) });

/** What the holder of an invitation link sees. */
export const GET = endpoint({ who: 'anyone', params }, ({ server, params }) =>
	previewInvitation(server.db, params.token)
);

/** Accepts it for whoever is signed in. Answers like GET /api/me. */
export const POST = endpoint({ who: 'person', params }, async ({ server, who, params }) =>
	me(server.db, await acceptInvitation(server.db, who, params.token))
);
