import type { z } from 'zod';
import { ENDPOINTS, TOKEN_PATH, type SifelyEndpoint } from '../../api/sifely/endpoints.ts';
import { DONE, ERRCODES, refusal, type SifelyRefusal } from '../../api/sifely/errcodes.ts';
import { TokenRequest } from '../../api/sifely/users.ts';
import type { Budgets } from '../budget.ts';
import { ServerError } from '../error.ts';
import type { Log } from '../log.ts';
import { proveApp } from './apps.ts';
import type { AppCaller, Caller } from './caller.ts';
import { CALLS } from './calls.ts';
import { SifelyError } from './error.ts';
import type { Doors } from './locks.ts';
import { readParams } from './params.ts';
import { callerOf, giveToken } from './tokens.ts';

/** What calls of the open API work with. */
export interface SifelyServer extends Doors {
	readonly budgets: Budgets;
	readonly log: Log;
}

/** A call as it arrives. */
export interface SifelyCall {
	readonly request: Request;
	readonly url: URL;
	/** Below /sifely/, with or without a slash at the end. */
	readonly path: string;
	readonly requestId: string | undefined;
}

/** How far the clocks of a caller and of this server may be apart. */
const DATE_WITHIN = 5 * 60 * 1000;

/** What hashes a password beside the giving of tokens. */
const HASHING: ReadonlySet<SifelyEndpoint> = new Set(['v3/user/register', 'v3/user/resetPassword']);

/**
 * Answers one call of the open API: HTTP 200 with an errcode where it is refused, because that is where
 * its clients look. Only a body that is too large (413) and our own failures (500) have another status.
 */
export async function answerSifely(server: SifelyServer, call: SifelyCall): Promise<Response> {
	try {
		return reply((await run(server, call)) ?? DONE, 200);
	} catch (error) {
		const { code, message, status, retryAfter } = toRefusal(error);
		if (code === 'internal')
			server.log.error({ err: error, requestId: call.requestId }, 'request failed');
		return reply(refusal(code, message), status, retryAfter);
	}
}

async function run(server: SifelyServer, { request, url, path }: SifelyCall): Promise<unknown> {
	const place = path.replace(/\/$/, '');
	if (place !== TOKEN_PATH && !isEndpoint(place))
		throw new SifelyError('no-such-call', 'there is no such call');
	if (request.method !== 'GET' && request.method !== 'POST')
		throw new SifelyError('bad-parameter', 'every call is a GET or a POST');
	const params = await readParams(request, url);
	if (place === TOKEN_PATH) return signIn(server, params);
	const { by, request: schema } = ENDPOINTS[place];
	const { clientId, clientSecret, accessToken } = params;
	const caller =
		by === 'token'
			? await callerOf(server.db, clientId, accessToken)
			: await proveApp(server.db, clientId, clientSecret);
	spend(server.budgets, caller);
	mustBeNow(params['date']);
	const parsed: unknown = parse(schema, params);
	if (HASHING.has(place)) server.budgets.hashes.take(caller.companyId, Date.now());
	// The table of calls binds each to the schema and the caller of its own name.
	const invoke = CALLS[place] as (s: SifelyServer, c: unknown, r: unknown) => Promise<unknown>;
	return invoke(server, caller, parsed);
}

function isEndpoint(place: string): place is SifelyEndpoint {
	return Object.hasOwn(ENDPOINTS, place);
}

async function signIn(
	{ db, budgets }: SifelyServer,
	params: Record<string, string>
): Promise<object> {
	const app = await proveApp(db, params['clientId'], params['clientSecret']);
	spend(budgets, app);
	return giveToken(db, budgets, app, parse(TokenRequest, params));
}

/** After it is proven who calls: a name that anybody can send must not spend another's budget. */
function spend({ sifelyCalls }: Budgets, { appId }: AppCaller | Caller): void {
	sifelyCalls.take(appId, Date.now());
}

function mustBeNow(date: string | undefined): void {
	if (date === undefined || !/^\d{1,16}$/.test(date))
		throw new SifelyError('bad-parameter', 'date: the current time in milliseconds');
	if (Math.abs(Number(date) - Date.now()) > DATE_WITHIN)
		throw new SifelyError('wrong-date', 'date is more than 5 minutes off');
}

function parse<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
	const result = schema.safeParse(params);
	if (result.success) return result.data;
	const { issues } = result.error;
	const said = issues
		.slice(0, 3)
		.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message));
	const own = issues.map(ownCode).find((code) => code !== undefined);
	throw new SifelyError(own ?? 'bad-parameter', said.join('; '));
}

/** The code that the broken rule names; see `textLike`. */
function ownCode(issue: z.core.$ZodIssue): SifelyRefusal | undefined {
	const refusal: unknown = 'params' in issue ? issue.params?.['refusal'] : undefined;
	return typeof refusal === 'string' && Object.hasOwn(ERRCODES, refusal)
		? (refusal as SifelyRefusal)
		: undefined;
}

interface Refusal {
	code: SifelyRefusal;
	message: string;
	status: number;
	/** Seconds. */
	retryAfter?: number | undefined;
}

function toRefusal(error: unknown): Refusal {
	if (error instanceof SifelyError)
		return { code: error.code, message: error.message, status: 200 };
	if (error instanceof ServerError) {
		const { code, message, retryAfter } = error;
		if (code === 'bad-input') return { code: 'bad-parameter', message, status: 200 };
		if (code === 'too-large') return { code: 'bad-parameter', message, status: 413 };
		if (code === 'too-many') return { code: 'too-many', message, status: 200, retryAfter };
	}
	return { code: 'internal', message: 'the server failed; try again', status: 500 };
}

function reply(body: unknown, status: number, retryAfter?: number): Response {
	const headers = new Headers({ 'cache-control': 'no-store' });
	if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
	return Response.json(body, { status, headers });
}
