import { join, resolve } from 'node:path';
import type { DatabaseTarget } from './db/connect.ts';

/** Everything that can be configured, read once from the environment. */
export interface Config {
	/** Where people reach the server, without a trailing slash: `https://locks.example.com`. */
	readonly origin: string;
	readonly https: boolean;
	/** Folder of the embedded database and of the secret, absolute. */
	readonly data: string;
	readonly database: DatabaseTarget;
}

export type ConfigErrorCode =
	/** PORT is not a port number. */
	| 'bad-port'
	/** ORIGIN is not `http://…` or `https://…` without a path. */
	| 'bad-origin'
	/** DATABASE_URL is not a PostgreSQL URL. */
	| 'bad-database-url';

/** The environment cannot be used; the message names the variable. */
export class ConfigError extends Error {
	override readonly name = 'ConfigError';
	readonly code: ConfigErrorCode;

	constructor(code: ConfigErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}

/** File of the embedded database inside the data folder. */
const DATABASE_FILE = 'hasp.sqlite';

/** Reads ORIGIN, PORT, HASP_DATA and DATABASE_URL; HOST and PORT are also adapter-node's own. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
	const port = env['PORT'] || '3000';
	if (!/^\d{1,5}$/.test(port)) throw new ConfigError('bad-port', 'PORT must be a port number');
	const origin = readOrigin(env['ORIGIN'] || `http://localhost:${port}`);
	const data = resolve(env['HASP_DATA'] || 'data');
	const url = env['DATABASE_URL'];
	// The URL itself has a password in it: no message repeats it.
	if (url && !/^postgres(ql)?:\/\//.test(url)) {
		throw new ConfigError('bad-database-url', 'DATABASE_URL must begin with postgres://');
	}
	return {
		origin,
		https: origin.startsWith('https:'),
		data,
		database: url ? { url } : { file: join(data, DATABASE_FILE) }
	};
}

function readOrigin(text: string): string {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/';
	if (!plain || url.search || url.hash || url.username) {
		throw new ConfigError('bad-origin', 'ORIGIN must be like https://locks.example.com');
	}
	return url.origin;
}
