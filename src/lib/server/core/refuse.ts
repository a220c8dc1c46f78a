import type { ErrorCode } from '../../api/app/error.ts';
import { ServerError } from '../error.ts';
import { CoreError, type CoreErrorCode } from './error.ts';

/** The engine's refusals as our own pages say them; the others are our own failures. */
const REFUSALS: Partial<Record<CoreErrorCode, ErrorCode>> = {
	'lock-not-found': 'not-found',
	'lock-full': 'conflict',
	'fob-not-found': 'not-found',
	'fob-full': 'conflict',
	'fob-lost': 'conflict',
	'cannot-unshackle': 'conflict',
	'cannot-engage': 'conflict',
	'session-full': 'conflict'
};

/** Passes work of the engine on; what it refuses becomes a ServerError. */
export async function refusing<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (cause) {
		const code = cause instanceof CoreError ? REFUSALS[cause.code] : undefined;
		if (code === undefined) throw cause;
		throw new ServerError(code, `${(cause as CoreError).message}.`, { cause });
	}
}
