import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Names that carry secrets, wherever they stand in what is logged. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
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
]);

/** JSON lines on standard output; `level` as pino names them, `silent` in tests. */
export function makeLog(level: string = 'info'): Log {
	return pino({
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		// Not pino's `redact`: its wildcards cost 80 µs a line, a third of an unlock's whole budget.
		formatters: { log: (record) => censorMembers(record) },
		serializers: { err: describe }
	});
}

/** Deeper members are not written: nothing of ours is, and a circle would never end. */
const DEEPEST = 6;

function censorMembers(record: Record<string, unknown>, depth = 0): Record<string, unknown> {
	const out: Record<string, unknown> = {};
	for (const name of Object.keys(record)) {
		out[name] = SECRET_NAMES.has(name) ? '[redacted]' : censor(record[name], depth);
	}
	return out;
}

/** Errors keep their prototype: the serializer knows them by it. */
function censor(value: unknown, depth: number): unknown {
	if (typeof value !== 'object' || value === null || value instanceof Error) return value;
	if (depth >= DEEPEST) return '[deep]';
	if (Array.isArray(value)) return value.map((item) => censor(item, depth + 1));
	return censorMembers(value as Record<string, unknown>, depth + 1);
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
