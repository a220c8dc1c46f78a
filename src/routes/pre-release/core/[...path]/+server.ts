import { theServer } from '$lib/server/context.ts';
import { answerCore } from '$lib/server/core/answer.ts';
import type { RequestHandler } from './$types';

export const trailingSlash = 'ignore';

/** The Core API once more: a pre-release shares the data and the keys of what it precedes. */
export const fallback: RequestHandler = ({ request, params, locals }) =>
	answerCore(theServer(), { request, path: params.path, requestId: locals.requestId });
