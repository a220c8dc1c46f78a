import { theServer } from '$lib/server/context.ts';
import { answerCore } from '$lib/server/core/answer.ts';
import type { RequestHandler } from './$types';

export const trailingSlash = 'ignore';

/** The Core API: every path and method, because refusals have the form of the API too. */
export const fallback: RequestHandler = ({ request, params, locals }) =>
	answerCore(theServer(), { request, path: params.path, requestId: locals.requestId });
