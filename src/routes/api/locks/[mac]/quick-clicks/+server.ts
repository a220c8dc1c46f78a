import * as z from 'zod/mini';
import { IssueQuickClickRequest } from '$lib/api/app/quick-clicks.ts';
import { Mac } from '$lib/api/app/shapes.ts';
import { issueQuickClick, listQuickClicks } from '$lib/server/core/lock-codes.ts';
import { endpoint } from '$lib/server/http/endpoint.ts';

export const trailingSlash = 'ignore';

const params = z.object({ mac: Mac });

/** The codes that open this lock by its button, and how far each has got. */
export const GET = endpoint({ who: 'manager', params }, ({ server, who, params: { mac } }) =>
	listQuickClicks(server.db, who, mac)
);

/** Issues one; the lock has it from its next online opening on. */
export const POST = endpoint(
	{ who: 'manager', params, body: IssueQuickClickRequest },
	async ({ server, who, params: { mac }, body }) => ({
		quickClick: await issueQuickClick(server.db, who, mac, body)
	})
);
