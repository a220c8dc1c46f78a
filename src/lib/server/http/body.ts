import { ServerError } from '../error.ts';

/** Largest body an endpoint takes unless it says otherwise. */
export const BODY_LIMIT = 256 * 1024;
/** Deepest nesting of arrays and objects. */
const DEPTH_LIMIT = 16;

/**
 * The JSON of a request: `application/json`, at most `limit` bytes and DEPTH_LIMIT deep, without
 * NUL characters (PostgreSQL cannot store them), without halves of characters (no database can: two
 * texts would be stored as one) and without `__proto__`. An empty body is `{}`.
 * Throws ServerError `bad-input` or `too-large`.
 */
export async function readJson(request: Request, limit: number = BODY_LIMIT): Promise<unknown> {
	const text = await readText(request, limit);
	if (text.trim() === '') return {};
	const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
	if (type !== 'application/json') {
		throw new ServerError('bad-input', 'The body must be sent as application/json.');
	}
	if (depthOf(text) > DEPTH_LIMIT) throw new ServerError('bad-input', 'The body is too deep.');
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw new ServerError('bad-input', 'The body is not JSON.', { cause });
	}
	// They can only hide behind an escape, or stand as they are: look closer only then.
	if (/\\u0000|\0|__proto__|\\u005f|\\ud[89a-f]/i.test(text)) refuseForbidden(value);
	return value;
}

/** The text of a request, at most `limit` bytes of UTF-8. Throws ServerError `bad-input` or `too-large`. */
export async function readText(request: Request, limit: number = BODY_LIMIT): Promise<string> {
	const tooLarge = () => new ServerError('too-large', `The body is larger than ${limit} bytes.`);
	if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge();
	const reader = request.body?.getReader();
	if (reader === undefined) return '';
	const chunks: Uint8Array[] = [];
	let size = 0;
	for (;;) {
		const { done, value } = await reader.read().catch((cause: unknown) => {
			// adapter-node ends the stream with an error past its own, larger limit.
			if (hasStatus(cause, 413)) throw tooLarge();
			throw new ServerError('bad-input', 'The body ended early.', { cause });
		});
		if (done) break;
		size += value.byteLength;
		// Not cancelled: that would cut the connection before the refusal is out.
		if (size > limit) throw tooLarge();
		chunks.push(value);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
	} catch (cause) {
		throw new ServerError('bad-input', 'The body is not UTF-8.', { cause });
	}
}

function hasStatus(error: unknown, status: number): boolean {
	return (
		typeof error === 'object' && error !== null && 'status' in error && error.status === status
	);
}

/** Nesting of a JSON text, counted before parsing so that a deep one costs one pass. */
function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	let quoted = false;
	for (let i = 0; i < text.length; i++) {
		const c = text.charCodeAt(i);
		if (quoted) {
			if (c === 0x5c) i++;
			else if (c === 0x22) quoted = false;
		} else if (c === 0x22) quoted = true;
		else if (c === 0x5b || c === 0x7b) deepest = Math.max(deepest, ++depth);
		else if (c === 0x5d || c === 0x7d) depth--;
	}
	return deepest;
}

function refuseForbidden(value: unknown): void {
	if (typeof value === 'string') {
		if (value.includes('\0')) throw new ServerError('bad-input', 'Text must not contain NUL.');
		if (!value.isWellFormed())
			throw new ServerError('bad-input', 'Text must not contain half a character.');
	} else if (Array.isArray(value)) {
		value.forEach(refuseForbidden);
	} else if (typeof value === 'object' && value !== null) {
		for (const [name, inner] of Object.entries(value)) {
			if (name === '__proto__') throw new ServerError('bad-input', 'A name is not allowed.');
			refuseForbidden(name);
			refuseForbidden(inner);
		}
	}
}
