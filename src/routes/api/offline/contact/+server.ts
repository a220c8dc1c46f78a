import { ContactRequest } from '$lib/api/app/offline.ts';
import { contact } from '$lib/server/contact.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** A phone reports, has its lease renewed and learns which keys it may hold. */
export const POST = endpoint(
	{
		who: 'member',
		body: ContactRequest,
		changes: ({ doors }) => 1 + (doors ? doors.wiped.length + (doors.turns?.length ?? 0) : 0)
	},
	({ server, who, body }) => contact(server, who, body)
);
