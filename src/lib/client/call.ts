import * as z from 'zod/mini';
import { ErrorReply, type ErrorCode, type ErrorReason } from '../api/app/error.ts';

/** Why a call to our own server has no answer. */
export type ClientErrorCode =
	/** The server refused: its own code. */
	| ErrorCode
	/** The request never reached it. */
	| 'no-network'
	/** No answer of the server: none in time, or a gateway says that it had none. */
	| 'timed-out'
	/** An answer that its schema does not know: another version, or not our server. */
	| 'bad-reply';

/** The one error of the client room. */
export class ClientError extends Error {
	override readonly name = 'ClientError';
	readonly code: ClientErrorCode;
	/** What is wrong with an eKey, where the server said so. */
	readonly reason: ErrorReason | undefined;

	constructor(
		code: ClientErrorCode,
		message: string,
		options?: ErrorOptions & { reason?: ErrorReason | undefined }
	) {
		super(message, options);
		this.code = code;
		this.reason = options?.reason;
	}
}

/** Whether a call to the server got no answer at all. A refusal is an answer. */
export function isUnanswered(cause: unknown): boolean {
	return cause instanceof ClientError && ['no-network', 'timed-out'].includes(cause.code);
}

/** Milliseconds to wait for any answer of our own server. */
export const CALL_WITHIN = 15_000;

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Asks our own server and parses what it answers; with `null` for a schema the answer's body is
 * not read and the value is undefined.
 * @throws ClientError; when `signal` ends it, the signal's reason
 */
export type Call = <S extends z.core.$ZodType | null>(
	schema: S,
	method: Method,
	path: string,
	body?: unknown,
	signal?: AbortSignal
) => Promise<Parsed<S>>;

export type Parsed<S> = S extends z.core.$ZodType ? z.core.output<S> : undefined;

// Without this zod tries `new Function`, which the Content-Security-Policy blocks and reports.
z.config({ jitless: true });

/** A `Call` over some fetch. */
export function caller(fetcher: typeof fetch): Call {
	return async (schema, method, path, body, signal) => {
		const response = await send(fetcher, method, path, body, signal);
		if (!response.ok) throw await refusal(response);
		if (schema === null) return undefined as Parsed<typeof schema>;
		const parsed = z.safeParse(schema, await json(response));
		if (!parsed.success)
			throw new ClientError('bad-reply', `unknown answer of ${path}`, { cause: parsed.error });
		return parsed.data as Parsed<typeof schema>;
	};
}

/** The `Call` of a page. */
export const call: Call = caller((input, init) => fetch(input, init));

/**
 * The request alone, within its time-out; the body of the answer has the same time-out.
 * @throws ClientError `no-network`, `timed-out`; the signal's reason
 */
export async function send(
	fetcher: typeof fetch,
	method: Method,
	path: string,
	body?: unknown,
	signal?: AbortSignal
): Promise<Response> {
	signal?.throwIfAborted();
	const late = new AbortController();
	const timer = setTimeout(() => late.abort(), CALL_WITHIN);
	try {
		const response = await fetcher(path, {
			method,
			signal: AbortSignal.any(signal ? [signal, late.signal] : [late.signal]),
			...(body === undefined
				? {}
				: { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
		});
		const text = await response.text();
		// A Response of a 204 or 304 may not carry even an empty body.
		return new Response(text === '' ? null : text, response);
	} catch (cause) {
		signal?.throwIfAborted();
		if (late.signal.aborted) throw new ClientError('timed-out', `no answer of ${path}`, { cause });
		throw new ClientError('no-network', `${path} was not reached`, { cause });
	} finally {
		clearTimeout(timer);
	}
}

async function json(response: Response): Promise<unknown> {
	try {
		return await response.json();
	} catch {
		return undefined;
	}
}

const BY_STATUS: Record<number, ClientErrorCode> = {
	400: 'bad-input',
	401: 'signed-out',
	403: 'forbidden',
	404: 'not-found',
	409: 'conflict',
	410: 'gone',
	413: 'too-large',
	429: 'too-many',
	// Ours has no such refusal: a proxy stands before a server that is down, or starting.
	502: 'timed-out',
	503: 'timed-out',
	504: 'timed-out'
};

/** What a refusal without our own envelope means. */
export function codeOfStatus(status: number): ClientErrorCode {
	return BY_STATUS[status] ?? 'internal';
}

/** What a refusing answer means: our own envelope, else its status. */
async function refusal(response: Response): Promise<ClientError> {
	const parsed = z.safeParse(ErrorReply, await json(response));
	if (parsed.success) {
		const { code, message, reason } = parsed.data.error;
		return new ClientError(code, message, { reason });
	}
	return new ClientError(codeOfStatus(response.status), `status ${response.status}`);
}
