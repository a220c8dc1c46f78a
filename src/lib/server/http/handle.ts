import { newId } from '../db/id.ts';
import { ServerError } from '../error.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { IP_HEADER } from '../people/auth.ts';
import { homeOf, isForeign } from './origin.ts';
import { refuse } from './refuse.ts';

/** What this file needs of Kit's RequestEvent. */
export interface HandledEvent {
	readonly request: Request;
	readonly url: URL;
	readonly route: { readonly id: string | null };
	readonly locals: { requestId?: string };
	getClientAddress(): string;
}

/**
 * Around every request: an id, the check that no other site sent it, the client's address in a
 * header nobody else can set, safe headers, one log line.
 */
export async function around<E extends HandledEvent>(
	{ config, log }: { config: Config; log: Log },
	event: E,
	resolve: (event: E) => Response | Promise<Response>
): Promise<Response> {
	const began = performance.now();
	const requestId = newId();
	event.locals.requestId = requestId;
	event.request.headers.set(IP_HEADER, addressOf(event));
	const response = secured(await answer(), config.https, requestId);
	// The route, not the path: that names locks and people.
	log.info({
		requestId,
		method: event.request.method,
		route: event.route.id ?? 'none',
		status: response.status,
		ms: Math.round((performance.now() - began) * 10) / 10
	});
	return response;

	async function answer(): Promise<Response> {
		const { request, url } = event;
		if (isForeign(request, url)) {
			const foreign = new ServerError(
				'elsewhere',
				`Another site sent this. Ours is ${url.origin}.`
			);
			return refuse(foreign, log, requestId);
		}
		const home = homeOf(request, url);
		return home === null
			? resolve(event)
			: new Response(null, { status: 307, headers: { location: home } });
	}
}

/** '' when a proxy was told to name the client and did not: such requests share one rate limit. */
function addressOf(event: HandledEvent): string {
	try {
		return event.getClientAddress();
	} catch {
		return '';
	}
}

const YEAR = 365 * 24 * 3600;

/** Sets the headers in place: a copy would send every body through another stream. */
function secured(answer: Response, https: boolean, requestId: string): Response {
	const response = isImmutable(answer) ? new Response(answer.body, answer) : answer;
	const { headers } = response;
	headers.set('permissions-policy', 'bluetooth=(self)');
	headers.set('referrer-policy', 'no-referrer');
	headers.set('x-content-type-options', 'nosniff');
	headers.set('x-frame-options', 'DENY');
	headers.set('cross-origin-opener-policy', 'same-origin');
	headers.set('cross-origin-resource-policy', 'same-origin');
	headers.set('x-request-id', requestId);
	if (https) headers.set('strict-transport-security', `max-age=${YEAR}; includeSubDomains`);
	return response;
}

/** The headers of Response.redirect, and of what fetch answered, cannot be changed. */
function isImmutable({ headers }: Response): boolean {
	try {
		headers.delete('x-request-id');
		return false;
	} catch {
		return true;
	}
}
