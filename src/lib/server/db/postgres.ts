import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';

/** int8 and numeric: pg answers them as text, SQLite as numbers; ours never pass 2^53. */
const AS_NUMBER = new Set([20, 1700]);

/** A PostgreSQL pool; `onError` hears of connections that break while idle. */
export function openPostgres(
	url: string,
	max: number,
	onError: (error: Error) => void
): Kysely<Tables> {
	const pool = new pg.Pool({
		connectionString: url,
		max,
		connectionTimeoutMillis: 10_000,
		types: {
			getTypeParser(oid: number, format?: 'text' | 'binary') {
				if (AS_NUMBER.has(oid)) return Number;
				return pg.types.getTypeParser(oid, format);
			}
		} as pg.CustomTypesConfig
	});
	// Without a listener a restart of PostgreSQL would end our process.
	pool.on('error', onError);
	return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
