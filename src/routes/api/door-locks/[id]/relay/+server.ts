import { z } from 'zod';
import { RelayRequest } from '$lib/api/app/doors.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';
import { relay } from '$lib/server/sifely/relay.ts';

export const trailingSlash = 'ignore';

const params = z.object({ id: PathId });

/** One step of a conversation with a lock, whose keys never reach the phone. */
export const POST = endpoint(
	{ who: 'member', params, body: RelayRequest },
	({ server, who, params: { id }, body }) => relay(server, who, id, body)
);
