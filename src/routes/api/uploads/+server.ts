import { UploadRequest } from '$lib/api/app/activity.ts';
import { hearFrom } from '$lib/server/core/for-people.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

/** What locks said to this phone; only what is listed as durable may leave it. */
export const POST = endpoint({ who: 'member', body: UploadRequest }, ({ server, who, body }) =>
	hearFrom(server, who, body)
);
