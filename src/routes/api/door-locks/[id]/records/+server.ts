import { z } from 'zod';
import { DoorRecordsQuery } from '$lib/api/app/door-records.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';
import { PathId } from '$lib/server/sifely/door-params.ts';
import { listPersonRecords } from '$lib/server/sifely/records-for-people.ts';

export const trailingSlash = 'ignore';

export const GET = endpoint(
	{ who: 'member', params: z.object({ id: PathId }), query: DoorRecordsQuery },
	({ server, who, params: { id }, query }) => listPersonRecords(server, who, id, query)
);
