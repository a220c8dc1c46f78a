import * as z from 'zod/mini';

/** What an endpoint of our own pages answers when it refuses. */
export const ERROR_CODES = [
	/** 400: the body or a parameter does not fit its schema. */
	'bad-input',
	/** 401: nobody is signed in, or the session ended. */
	'signed-out',
	/** 403: signed in, but this role may not do it. */
	'forbidden',
	/** 403: the person may see the lock but not open it at this time. */
	'not-now',
	/** 403: sent from another address than the server's own, which is its ORIGIN. */
	'elsewhere',
	/** 404: absent, or another company's: the two are not told apart. */
	'not-found',
	/** 409: it exists already, or the state does not allow it. */
	'conflict',
	/** 410: an invitation that was used, withdrawn or has ended. */
	'gone',
	/** 413: the body is larger than the endpoint takes. */
	'too-large',
	/** 429: wait as long as Retry-After says. */
	'too-many',
	/** 500: the server's own fault; the log has the cause under the request's id. */
	'internal'
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** With `not-now`: what is wrong with the eKey. */
export const ERROR_REASONS = [
	'not-yet',
	'expired',
	'outside-hours',
	'used',
	'frozen',
	'reset'
] as const;
export type ErrorReason = (typeof ERROR_REASONS)[number];

export const ErrorReply = z.object({
	error: z.object({
		code: z.enum(ERROR_CODES),
		message: z.string(),
		reason: z.optional(z.enum(ERROR_REASONS))
	})
});
export type ErrorReply = z.infer<typeof ErrorReply>;
