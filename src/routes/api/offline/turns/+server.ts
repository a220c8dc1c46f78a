import { TurnsRequest } from '$lib/api/app/phone-doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { hearTurnsFrom } from '$lib/server/sifely/phone-doors.ts';

export const trailingSlash = 'ignore';

/** What this phone opened at door locks without network; only what is named as heard may leave it. */
export const POST = endpoint(
	{ who: 'member', body: TurnsRequest, changes: ({ turns }) => turns.length },
	({ server, who, body }) => hearTurnsFrom(server, who, body)
);
