import { randomBytes } from 'node:crypto';
import { ENDPOINTS, endpointAt, endpointFor, type EndpointName } from '../../api/core/endpoints.ts';
import { failure, success, type CoreRefusal, type ErrorDetail } from '../../api/core/envelope.ts';
import {
	DEFAULT_VERSION,
	RequestedVersion,
	versionFor,
	type Version
} from '../../api/core/versions.ts';
import { ServerError } from '../error.ts';
import { readJson } from '../http/body.ts';
import { identifyApiKey, type KeyIdentity } from '../api-keys.ts';
import type { Log } from '../log.ts';
import { CALLS, type CoreServer } from './calls.ts';
import { CoreError, type CoreErrorCode } from './error.ts';

/** A call of the Core API as it arrives. */
export interface CoreCall {
	readonly request: Request;
	/** Below /core/, with or without a slash at the end. */
	readonly path: string;
	readonly requestId: string | undefined;
}

/** What is known of a call so far, for the answer. */
interface Progress {
	name: string;
	endpoint: EndpointName | undefined;
	version: Version;
}

/**
 * Answers one call of the Core API. Refusals are HTTP 200 with an error code, because the mobile
 * libraries cannot read the body of another status; only a body that is too large (413), a key that
 * sends too much (429) and our own failures (500) are not.
 */
export async function answerCore(
	core: CoreServer & { readonly log: Log },
	{ request, path, requestId }: CoreCall
): Promise<Response> {
	const place = path.replace(/\/$/, '');
	const endpoint = place === '' ? undefined : endpointAt(place);
	const name = endpoint === undefined ? place.slice(0, 100) : nameOf(endpoint);
	const progress: Progress = { name, endpoint, version: DEFAULT_VERSION };
	try {
		if (endpoint === undefined && place !== '') throw noEndpoint();
		return reply(await run(core, request, progress), 200);
	} catch (error) {
		const { code, message, status, retryAfter } = toRefusal(error);
		if (status >= 500) core.log.error({ err: error, requestId }, 'request failed');
		const given = error instanceof CoreError ? error.details : undefined;
		const { version } = progress;
		const details = detailsOf(progress, given ?? []);
		return reply(failure(progress.name, code, message, { details, version }), status, retryAfter);
	}
}

async function run(core: CoreServer, request: Request, progress: Progress): Promise<object> {
	if (request.method !== 'POST')
		throw new CoreError('bad-method', 'Wrong request method: every call is a POST');
	const key = await identifyApiKey(core.db, request.headers.get('authorization'));
	if (key === null) throw badKey();
	// What is posted to /core/ itself is a call of the library, whose body says which.
	const named = progress.endpoint;
	if (named === undefined) progress.name = 'upload';
	allow(named ?? 'upload', key);
	if (ENDPOINTS[named ?? 'upload'].keys.length > 1) allowPublic(core, key);
	const body = await readJson(request);
	const endpoint = named ?? endpointFor(body);
	if (endpoint === undefined) throw noEndpoint();
	progress.endpoint = endpoint;
	progress.name = nameOf(endpoint);
	if (ENDPOINTS[endpoint].details === 'versioned') progress.version = versionIn(body);
	const { version } = progress;
	const { data, failed } = await CALLS[endpoint](core, key, body, version);
	const token = ENDPOINTS[endpoint].token ? newToken() : undefined;
	const details = detailsOf(progress, failed);
	return success(progress.name, data, { details, token, version });
}

/** What an answer calls its request: the deprecated call that does all three is a display. */
function nameOf(endpoint: EndpointName): string {
	return endpoint === 'qc' ? 'qc/display' : endpoint;
}

/**
 * `error_details` as each family has it. Version 0.1.0 of the quick click calls has the member but
 * does not use it yet.
 */
function detailsOf(
	{ endpoint, version }: Progress,
	failed: readonly ErrorDetail[]
): readonly ErrorDetail[] | null | undefined {
	switch (endpoint === undefined ? 'none' : ENDPOINTS[endpoint].details) {
		case 'none':
			return undefined;
		case 'list':
			return failed;
		case 'versioned':
			if (version === '0.0.0') return undefined;
			return version === '0.1.0' || failed.length === 0 ? null : failed;
	}
}

/** Throws CoreError `bad-input` for a version that is none of ours. */
function versionIn(body: unknown): Version {
	const asked =
		typeof body === 'object' && body !== null && Object.hasOwn(body, 'api_version')
			? (body as { api_version: unknown }).api_version
			: DEFAULT_VERSION;
	const parsed = RequestedVersion.safeParse(asked);
	const version = parsed.success ? versionFor(parsed.data) : undefined;
	if (version === undefined)
		throw new CoreError('bad-input', 'Bad input: api_version: no version of this API');
	return version;
}

/** Before the body is read. The mobile key is public: whoever has it must not keep us busy. */
function allowPublic({ budgets: { uploads, strange } }: CoreServer, { id }: KeyIdentity): void {
	const now = Date.now();
	uploads.check(id, now);
	strange.check(id, now);
}

function allow(endpoint: EndpointName, { kind }: KeyIdentity): void {
	const keys: readonly KeyIdentity['kind'][] = ENDPOINTS[endpoint].keys;
	if (!keys.includes(kind)) throw badKey();
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
	'fob-not-found': 'no-lock',
	'cannot-unshackle': 'bad-input',
	'cannot-engage': 'bad-input',
	'session-full': 'bad-input',
	'lock-full': 'bad-input',
	'fob-full': 'bad-input',
	'fob-lost': 'bad-input'
};

interface Refusal {
	code: CoreRefusal;
	message: string;
	status: number;
	/** Seconds, with 429. */
	retryAfter?: number | undefined;
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
	if (error instanceof ServerError && error.code === 'too-many') {
		const { message, retryAfter } = error;
		return { code: 'unknown', message, status: 429, retryAfter };
	}
	return { code: 'internal', message: 'The server failed; try again', status: 500 };
}

/** What `token` means is not documented: it is opaque, and never the same twice. */
function newToken(): string {
	return randomBytes(16).toString('hex');
}

function reply(body: object, status: number, retryAfter?: number): Response {
	const headers = new Headers({ 'cache-control': 'no-store' });
	if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
	return Response.json(body, { status, headers });
}
