import { isDuplicate } from '../db/error.ts';
import type { ErrorReply } from '../../api/app/error.ts';
import { ServerError, STATUS } from '../error.ts';
import type { Log } from '../log.ts';

/**
 * The ErrorReply for whatever an endpoint threw. Two requests that made the same thing at once are
 * a `conflict`; what is not ours is `internal`, and its cause stands in the log.
 */
export function refuse(error: unknown, log: Log, requestId: string | undefined): Response {
	const refusal = toRefusal(error);
	if (refusal.code === 'internal') log.error({ err: error, requestId }, 'request failed');
	const { code, message, retryAfter, reason } = refusal;
	const headers = new Headers({ 'cache-control': 'no-store' });
	if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
	// The rest of the body is never read, so the connection is of no more use.
	if (code === 'too-large') headers.set('connection', 'close');
	const body: ErrorReply = { error: { code, message, ...(reason && { reason }) } };
	return Response.json(body, { status: STATUS[code], headers });
}

function toRefusal(error: unknown): ServerError {
	if (error instanceof ServerError) return error;
	if (isDuplicate(error)) return new ServerError('conflict', 'It is here already.');
	return new ServerError('internal', 'The server failed. It is not your fault; try again.');
}
