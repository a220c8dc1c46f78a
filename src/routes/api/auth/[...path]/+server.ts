import { authenticate } from '$lib/server/http/authenticate.ts';
import { theServer } from '$lib/server/context.ts';
import type { RequestHandler } from './$types';

export const trailingSlash = 'ignore';

/** better-auth: sign-up/email, sign-in/email, sign-out, change-password, revoke-other-sessions. */
export const POST: RequestHandler = ({ request, params, locals }) =>
	authenticate(theServer(), request, params.path, locals.requestId);
