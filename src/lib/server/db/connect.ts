import type { Kysely } from 'kysely';
import { DatabaseError } from './error.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;
export type Dialect = 'sqlite' | 'postgres';

/** Where the data live: a file of the embedded database, or a PostgreSQL URL. */
export type DatabaseTarget = { readonly file: string } | { readonly url: string };

export interface Connection {
	db: Db;
	dialect: Dialect;
	/** Ends every connection; resolves when they are closed. */
	close(): Promise<void>;
}

export interface ConnectOptions {
	/** Told about a PostgreSQL connection that broke while idle; without it nobody would know. */
	onError?: (error: Error) => void;
	/** Largest number of PostgreSQL connections, default 10. */
	poolSize?: number;
}

/**
 * Opens the database; run `migrate` next. Throws DatabaseError `cannot-open`.
 *
 * Never await the network inside a transaction: on SQLite Kysely holds one connection, and every
 * other query of the process waits for it.
 */
export function connect(target: DatabaseTarget, options: ConnectOptions = {}): Connection {
	const onError = options.onError ?? (() => undefined);
	if ('url' in target) {
		if (!/^postgres(ql)?:\/\//.test(target.url)) {
			throw new DatabaseError('cannot-open', 'DATABASE_URL must begin with postgres://');
		}
		const db = openPostgres(target.url, options.poolSize ?? 10, onError);
		return { db, dialect: 'postgres', close: () => db.destroy() };
	}
	const db = openSqlite(target.file);
	return { db, dialect: 'sqlite', close: () => db.destroy() };
}
