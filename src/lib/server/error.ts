import type { ErrorCode, ErrorReason } from '../api/app/error.ts';

/** HTTP status of each refusal; the codes are documented where the contract is, api/app/error.ts. */
export const STATUS: Record<ErrorCode, number> = {
	'bad-input': 400,
	'signed-out': 401,
	forbidden: 403,
	'not-now': 403,
	elsewhere: 403,
	'not-found': 404,
	conflict: 409,
	gone: 410,
	'too-large': 413,
	'too-many': 429,
	internal: 500
};

/** What the server room throws. The message goes to the client: no secrets, no inner detail. */
export class ServerError extends Error {
	override readonly name = 'ServerError';
	readonly code: ErrorCode;
	/** Seconds, with `too-many`. */
	readonly retryAfter: number | undefined;
	/** With `not-now`, where one is known. */
	readonly reason: ErrorReason | undefined;

	constructor(
		code: ErrorCode,
		message: string,
		options?: ErrorOptions & { retryAfter?: number; reason?: ErrorReason }
	) {
		super(message, options);
		this.code = code;
		this.retryAfter = options?.retryAfter;
		this.reason = options?.reason;
	}
}

/** The one answer for what is absent and for what belongs to another company. */
export function notFound(): ServerError {
	return new ServerError('not-found', 'Not found.');
}
