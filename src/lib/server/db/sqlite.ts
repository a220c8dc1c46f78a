import Sqlite from 'better-sqlite3';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import { DatabaseError } from './error.ts';
import type { Tables } from './tables.ts';

/** How long one process waits for another's write (a command line beside a running server). */
const BUSY_MS = 10_000;
/** Compiled statements kept; the server's own number a few hundred. */
const STATEMENTS = 500;

/** The embedded database in one file, made 0600 in a folder made 0700. */
export function openSqlite(file: string): Kysely<Tables> {
	const db = openFile(file);
	return new Kysely<Tables>({ dialect: new SqliteDialect({ database: new CachingSqlite(db) }) });
}

/** The driver itself, for what Kysely has no words for (online backup). */
export function openFile(file: string): Sqlite.Database {
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		// SQLite gives its -wal and -shm files the mode of the database file.
		closeSync(openSync(file, 'a', 0o600));
		chmodSync(file, 0o600);
		const db = new Sqlite(file, { timeout: BUSY_MS });
		setWal(db);
		db.pragma('synchronous = FULL');
		db.pragma('foreign_keys = ON');
		return db;
	} catch (cause) {
		throw new DatabaseError('cannot-open', `cannot open the database ${file}`, { cause });
	}
}

/** The one switch of journal mode ignores the busy timeout when two processes make it at once. */
function setWal(db: Sqlite.Database): void {
	for (let left = 50; ; left--) {
		try {
			db.pragma('journal_mode = WAL');
			return;
		} catch (error) {
			if (left === 0) throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
		}
	}
}

/**
 * What Kysely sees of better-sqlite3. Statements are compiled once. Transactions begin
 * `immediate`: one that reads first and writes later would else fail at once with SQLITE_BUSY,
 * without waiting, when another process wrote in between.
 */
class CachingSqlite {
	readonly #db: Sqlite.Database;
	readonly #statements = new Map<string, Sqlite.Statement<unknown[]>>();

	constructor(db: Sqlite.Database) {
		this.#db = db;
	}

	prepare(sql: string): Sqlite.Statement<unknown[]> {
		const known = this.#statements.get(sql);
		if (known !== undefined) return known;
		const made = this.#db.prepare<unknown[]>(sql === 'begin' ? 'begin immediate' : sql);
		if (this.#statements.size >= STATEMENTS) this.#statements.clear();
		this.#statements.set(sql, made);
		return made;
	}

	close(): void {
		this.#statements.clear();
		this.#db.close();
	}
}
