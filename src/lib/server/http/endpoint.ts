import type { z } from 'zod';
import { theServer, type Server } from '../context.ts';
import { notFound, ServerError } from '../error.ts';
import { identify, isManager, tokenOf, type Identity, type Member } from '../people/identity.ts';
import { sessionCookie } from '../people/auth.ts';
import { BODY_LIMIT, readJson } from './body.ts';
import { parse } from './parse.ts';
import { refuse } from './refuse.ts';

/** Who may call an endpoint: everybody, whoever is signed in, a company's people, its managers. */
export type Who = 'anyone' | 'person' | 'member' | 'manager';

type CallerOf<W extends Who> = W extends 'anyone'
	? Identity | null
	: W extends 'person'
		? Identity
		: Member;

/** What this file needs of Kit's RequestEvent. */
export interface ApiEvent {
	readonly request: Request;
	readonly url: URL;
	readonly params: Partial<Record<string, string>>;
	readonly locals: { requestId?: string };
}

/** What an endpoint declares; what has no schema is not read. */
export interface Declaration<
	W extends Who,
	P extends z.core.$ZodType,
	Q extends z.core.$ZodType,
	B extends z.core.$ZodType
> {
	who: W;
	params?: P;
	query?: Q;
	body?: B;
	/** Largest body in bytes, BODY_LIMIT unless told. */
	limit?: number;
}

/** What an endpoint works with, parsed and allowed. */
export interface Call<W extends Who, P, Q, B> {
	readonly server: Server;
	readonly who: CallerOf<W>;
	readonly params: P;
	readonly query: Q;
	readonly body: B;
	readonly request: Request;
}

/** A handler for a +server.ts; `who` is there for the access matrix of the tests. */
export type Endpoint = ((event: ApiEvent) => Promise<Response>) & { readonly who: Who };

/**
 * The one wrapper of our own endpoints: identity from the cookie, the role the endpoint declares,
 * bounded and parsed input, JSON out, never cached; what is thrown becomes an ErrorReply. `run`
 * returns what is to be sent as JSON, or a Response.
 */
export function endpoint<
	W extends Who,
	P extends z.core.$ZodType = z.core.$ZodUndefined,
	Q extends z.core.$ZodType = z.core.$ZodUndefined,
	B extends z.core.$ZodType = z.core.$ZodUndefined
>(
	declared: Declaration<W, P, Q, B>,
	run: (call: Call<W, z.output<P>, z.output<Q>, z.output<B>>) => Promise<object>
): Endpoint {
	const handler = async (event: ApiEvent): Promise<Response> => {
		const server = theServer();
		try {
			const { request, url } = event;
			const found = await whoIs(server, request);
			const who = allow(declared.who, found.identity);
			if (Object.values(event.params).some((value) => value?.includes('\0'))) throw notFound();
			const params = parsed(declared.params, event.params);
			const query = parsed(declared.query, Object.fromEntries(url.searchParams));
			const body = parsed(
				declared.body,
				declared.body && (await readJson(request, declared.limit ?? BODY_LIMIT))
			);
			const result = await run({ server, who, params, query, body, request });
			const response = result instanceof Response ? result : Response.json(result);
			response.headers.set('cache-control', 'no-store');
			// An endpoint that sets the cookie itself has begun another session.
			if (!response.headers.has('set-cookie')) {
				for (const cookie of found.cookies) response.headers.append('set-cookie', cookie);
			}
			return response;
		} catch (error) {
			return refuse(error, server.log, event.locals.requestId);
		}
	};
	return Object.assign(handler, { who: declared.who });
}

/** Sessions are renewed once a day: their end moves on, and the cookie with it. */
const RENEW_AFTER = 24 * 3600 * 1000;

async function whoIs(
	{ config, secret, db, auth }: Server,
	request: Request
): Promise<{ identity: Identity | null; cookies: string[] }> {
	const cookies = request.headers.get('cookie');
	const token = tokenOf(cookies, sessionCookie(config), secret.authSecret);
	if (token === undefined) return { identity: null, cookies: [] };
	const now = Date.now();
	const identity = await identify(db, token, now);
	if (identity === null || now - identity.renewedAt < RENEW_AFTER) {
		return { identity, cookies: [] };
	}
	const { headers } = await auth.api.getSession({ headers: request.headers, returnHeaders: true });
	return { identity, cookies: headers.getSetCookie() };
}

function allow<W extends Who>(who: W, identity: Identity | null): CallerOf<W> {
	if (who === 'anyone') return identity as CallerOf<W>;
	if (identity === null) throw new ServerError('signed-out', 'Sign in first.');
	if (who === 'person') return identity as CallerOf<W>;
	if (identity.company === null) {
		throw new ServerError('forbidden', 'You belong to no company here.');
	}
	if (who === 'manager' && !isManager(identity.company.role)) {
		throw new ServerError('forbidden', 'Only owners and admins may do this.');
	}
	return identity as CallerOf<W>;
}

function parsed<S extends z.core.$ZodType>(schema: S | undefined, value: unknown): z.output<S> {
	return schema === undefined ? (undefined as z.output<S>) : parse(schema, value);
}
