import { randomBytes } from 'node:crypto';
import { ENDPOINTS, endpointAt, type EndpointName } from '../../api/core/endpoints.ts';
import { failure, success, type CoreRefusal } from '../../api/core/envelope.ts';
import { ServerError } from '../error.ts';
import { readJson } from '../http/body.ts';
import { identifyApiKey, type KeyIdentity } from '../keys.ts';
import type { Log } from '../log.ts';
import { CALLS } from './calls.ts';
import { CoreError, type CoreErrorCode } from './error.ts';
import type { Core } from './issue.ts';

/** A call of the Core API as it arrives. */
export interface CoreCall {
	readonly request: Request;
	/** Below /core/, with or without a slash at the end. */
	readonly path: string;
	readonly requestId: string | undefined;
}

/**
 * Answers one call of the Core API. Refusals are HTTP 200 with an error code, because the mobile
 * libraries cannot read the body of another status; only a body that is too large (413) and our
 * own failures (500) are not.
 */
export async function answerCore(
	core: Core & { readonly log: Log },
	{ request, path, requestId }: CoreCall
): Promise<Response> {
	const place = path.replace(/\/$/, '');
	let name = place.slice(0, 100);
	try {
		const called = place === '' ? undefined : endpointAt(place);
		if (called === undefined && place !== '') throw noEndpoint();
		if (request.method !== 'POST')
			throw new CoreError('bad-method', 'Wrong request method: every call is a POST');
		const key = await identifyApiKey(core.db, request.headers.get('authorization'));
		if (key === null) throw badKey();
		// The Android library posts to exactly the custom URL that it was given, without `upload/`.
		const endpoint = called ?? 'upload';
		name = endpoint;
		allow(endpoint, key);
		const body = await readJson(request);
		if (called === undefined && !hasLogs(body)) throw noEndpoint();
		const data = await CALLS[endpoint](core, key, body);
		const token = ENDPOINTS[endpoint].token ? newToken() : undefined;
		return reply(success(name, data, token), 200);
	} catch (error) {
		const { code, message, status } = toRefusal(error);
		if (status >= 500) core.log.error({ err: error, requestId }, 'request failed');
		return reply(failure(name, code, message), status);
	}
}

function allow(endpoint: EndpointName, { kind }: KeyIdentity): void {
	const keys: readonly KeyIdentity['kind'][] = ENDPOINTS[endpoint].keys;
	if (!keys.includes(kind)) throw badKey();
}

function hasLogs(body: unknown): boolean {
	return typeof body === 'object' && body !== null && Object.hasOwn(body, 'logs');
}

function badKey(): CoreError {
	return new CoreError('bad-key', 'API key wrong or missing');
}

function noEndpoint(): CoreError {
	return new CoreError('no-endpoint', 'Invalid endpoint');
}

/** The codes of the API for those of the engine; what is missing is our own failure. */
const REFUSALS: Partial<Record<CoreErrorCode, CoreRefusal>> = {
	'bad-key': 'bad-key',
	'bad-input': 'bad-input',
	'bad-method': 'bad-method',
	'no-endpoint': 'no-endpoint',
	'lock-not-found': 'no-lock',
	'cannot-unshackle': 'bad-input',
	'session-full': 'bad-input',
	'lock-full': 'bad-input'
};

interface Refusal {
	code: CoreRefusal;
	message: string;
	status: number;
}

function toRefusal(error: unknown): Refusal {
	if (error instanceof CoreError) {
		const code = REFUSALS[error.code];
		if (code !== undefined) return { code, message: error.message, status: 200 };
	}
	if (error instanceof ServerError && (error.code === 'bad-input' || error.code === 'too-large')) {
		const status = error.code === 'too-large' ? 413 : 200;
		return { code: 'bad-input', message: `Bad input: ${error.message}`, status };
	}
	return { code: 'internal', message: 'The server failed; try again', status: 500 };
}

/** What `token` means is not documented: it is opaque, and never the same twice. */
function newToken(): string {
	return randomBytes(16).toString('hex');
}

function reply(body: object, status: number): Response {
	return Response.json(body, { status, headers: { 'cache-control': 'no-store' } });
}
