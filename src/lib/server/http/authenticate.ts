import { z } from 'zod';
import type { ErrorCode } from '../../api/app/error.ts';
import type { Server } from '../context.ts';
import { notFound } from '../error.ts';
import { readJson } from './body.ts';
import { parse } from './parse.ts';
import { refuse } from './refuse.ts';
import { AUTH_PATHS, sessionCookie } from '../people/auth.ts';
import { identify, tokenOf } from '../people/identity.ts';
import { signOutPhones } from '../person-keys.ts';

/** Names and passwords are short. */
const LIMIT = 16 * 1024;

const SIGN_OUT = '/sign-out';

/**
 * What the browser drops at a sign-out: its HTTP cache, and with it pages that "back" would show. Not
 * `"storage"`: that takes the outbox, the only account of openings the server has not heard of, and the app
 * itself, which must start without network for whoever is next; the client deletes keys and answers by
 * name. Not `"cookies"`: that takes those of every host of the domain, and ours is expired beside it.
 */
const LEFT_BEHIND = '"cache"';

/** better-auth fails, instead of refusing, when a body is not an object. */
const Fields = z.looseObject({});

/** What better-auth says when it refuses. */
const Refusal = z
	.object({ code: z.string().catch(''), message: z.string().catch('Refused.') })
	.catch({ code: '', message: 'Refused.' });

/**
 * Passes one request to better-auth: only the paths of AUTH_PATHS, a bounded body, refusals in
 * the words of our other endpoints (an ErrorReply, with better-auth's own `code` beside it and its
 * status), and no session token in the answer, where a script could read it. Whoever signs out has
 * the offline keys of that phone revoked.
 */
export async function authenticate(
	server: Server,
	request: Request,
	path: string,
	requestId: string | undefined
): Promise<Response> {
	const { auth, config, log } = server;
	try {
		const name = `/${path.replace(/\/$/, '')}`;
		if (!AUTH_PATHS.has(name)) throw notFound();
		const given = parse(Fields, await readJson(request, LIMIT));
		const body = JSON.stringify(given);
		const leave = await leaving(server, request, name, given);
		const headers = new Headers(request.headers);
		headers.set('content-type', 'application/json');
		headers.delete('content-length');
		const url = `${config.origin}/api/auth${name}`;
		const answer = await auth.handler(new Request(url, { method: 'POST', headers, body }));
		const said: unknown = await answer.json().catch(() => null);
		if (answer.status >= 500) throw new Error('better-auth failed', { cause: said });
		const out = new Headers({ 'cache-control': 'no-store' });
		for (const cookie of answer.headers.getSetCookie()) out.append('set-cookie', cookie);
		if (name === SIGN_OUT && answer.ok) out.set('clear-site-data', LEFT_BEHIND);
		if (answer.ok) await leave();
		if (answer.ok) return Response.json(withoutToken(said), { headers: out });
		const retry = answer.headers.get('x-retry-after');
		if (retry !== null) out.set('retry-after', retry);
		const { code: reason, message } = Refusal.parse(said);
		return Response.json(
			{ code: reason, error: { code: codeOf(answer.status), message } },
			{ status: answer.status, headers: out }
		);
	} catch (error) {
		return refuse(error, log, requestId);
	}
}

/** What signing out of sessions by this path means for phones; who leaves is known only before. */
async function leaving(
	{ db, secret, config }: Server,
	request: Request,
	path: string,
	body: unknown
): Promise<() => Promise<void>> {
	const all =
		path === '/revoke-other-sessions' || (path === '/change-password' && endsOthers(body));
	if (!all && path !== '/sign-out') return () => Promise.resolve();
	const cookies = request.headers.get('cookie');
	const token = tokenOf(cookies, sessionCookie(config), secret.authSecret);
	const who = token === undefined ? null : await identify(db, token, Date.now());
	if (who === null) return () => Promise.resolve();
	const { userId, sessionId } = who;
	return () => signOutPhones(db, userId, all ? { except: sessionId } : { only: sessionId });
}

function endsOthers(body: unknown): boolean {
	return z.object({ revokeOtherSessions: z.literal(true) }).safeParse(body).success;
}

function withoutToken(said: unknown): object {
	if (typeof said !== 'object' || said === null) return {};
	return Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'token'));
}

function codeOf(status: number): ErrorCode {
	switch (status) {
		case 401:
			return 'signed-out';
		case 403:
			return 'forbidden';
		case 404:
			return 'not-found';
		case 422:
			return 'conflict';
		case 429:
			return 'too-many';
		default:
			return 'bad-input';
	}
}
