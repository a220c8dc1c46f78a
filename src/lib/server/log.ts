import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Names that carry secrets wherever they stand in what is logged, down to the third level. */
const SECRET_NAMES = [
	'authorization',
	'cookie',
	'set-cookie',
	'password',
	'token',
	'secret',
	'session',
	'sessionToken',
	'key',
	'baseKey',
	'base_key',
	'root',
	'offline_key',
	'offlineKey',
	'unlock_command',
	'commands',
	'packet',
	'packets'
];

const PATHS = SECRET_NAMES.flatMap((name) => {
	const last = `["${name}"]`;
	return [last, `*${last}`, `*.*${last}`];
});

/** JSON lines on standard output; `level` as pino names them, `silent` in tests. */
export function makeLog(level: string = 'info'): Log {
	return pino({
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		redact: { paths: PATHS, censor: '[redacted]' },
		serializers: { err: describe }
	});
}

/**
 * An error as it is logged. Only these members: a driver's error also carries the values of the
 * row it failed on.
 */
function describe(error: unknown): unknown {
	if (!(error instanceof Error)) return String(error);
	return {
		name: error.name,
		message: error.message,
		code: 'code' in error ? error.code : undefined,
		stack: error.stack,
		cause: error.cause === undefined ? undefined : describe(error.cause)
	};
}
