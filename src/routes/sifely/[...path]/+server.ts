import { theServer } from '$lib/server/context.ts';
import { answerSifely } from '$lib/server/sifely/answer.ts';
import type { RequestHandler } from './$types';

export const trailingSlash = 'ignore';

/** The open API: every path and method, because refusals have the form of the API too. */
export const fallback: RequestHandler = ({ request, url, params, locals }) =>
	answerSifely(theServer(), { request, url, path: params.path, requestId: locals.requestId });
