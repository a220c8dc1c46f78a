import { Budgets } from './budget.ts';
import type { Config } from './config.ts';
import { connect, type Connection, type Db } from './db/connect.ts';
import { migrate } from './db/migrate.ts';
import type { Log } from './log.ts';
import { makeAuth, type Auth } from './people/auth.ts';
import { openSecret, unseal, type Secret } from './secret.ts';

/** Everything a request needs, made once at the start. */
export interface Server {
	readonly config: Config;
	readonly connection: Connection;
	/** The same as `connection.db`. */
	readonly db: Db;
	readonly secret: Secret;
	readonly log: Log;
	readonly auth: Auth;
	readonly budgets: Budgets;
	/** Ends the database connections; no query may follow. */
	close(): Promise<void>;
}

/**
 * Opens the data folder and the database and brings the schema up to date. Throws DatabaseError,
 * and SecretError `broken` when the secret is not the one this database was sealed under.
 */
export async function openServer(config: Config, log: Log): Promise<Server> {
	const secret = openSecret(config.data);
	const connection = connect(config.database, {
		onError: (err) => log.error({ err }, 'a database connection broke')
	});
	try {
		const steps = await migrate(connection);
		if (steps > 0) log.info({ steps }, 'database migrated');
		await proveSecret(connection.db, secret);
	} catch (error) {
		await connection.close();
		throw error;
	}
	const auth = makeAuth({ config, connection, secret, log });
	const { db, close } = connection;
	return { config, connection, db, secret, log, auth, budgets: new Budgets(), close };
}

/** Better to refuse to start than to fail at each lock later. */
async function proveSecret(db: Db, secret: Secret): Promise<void> {
	const row = await db
		.selectFrom('lock')
		.select(['id', 'base_key'])
		.orderBy('id')
		.limit(1)
		.executeTakeFirst();
	if (row) unseal(secret, { table: 'lock', row: row.id, column: 'base_key' }, row.base_key);
}

let held: Server | undefined;

/** Keeps the server for the routes; hooks do this once, before the first request. */
export function holdServer(server: Server): void {
	held = server;
}

/** The server of this process. */
export function theServer(): Server {
	if (held === undefined) throw new Error('the server is used before it was opened');
	return held;
}
