import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { connect } from '../../src/lib/server/db/connect.ts';
import { migrate } from '../../src/lib/server/db/migrate.ts';

/** What `connect` of the server's database room takes. */
export type DatabaseSettings = { readonly file: string } | { readonly url: string };

/** A database of one test's own, without rows. */
export interface TestDatabase {
	readonly settings: DatabaseSettings;
	/** Gives it back; close your own connections before. */
	drop(): Promise<void>;
}

/**
 * Every database the server runs on. Loop over it, so that none goes untested:
 *
 *     describe.each(databases)('locks on $name', ({ create }) => {
 *       let settings: DatabaseSettings;
 *       beforeEach(async () => {
 *         const database = await create();
 *         settings = database.settings;
 *         return database.drop;
 *       });
 *     });
 */
export const databases = [
	{ name: 'sqlite', create: createSqlite, createEmpty: createEmptySqlite },
	{ name: 'postgres', create: createPostgres, createEmpty: createEmptyPostgres }
] as const;

/** The bytes of a file with the schema of today. */
let sqlite: Buffer | undefined;

/** A file with the schema of today. */
async function createSqlite(): Promise<TestDatabase> {
	const database = await createEmptySqlite();
	const { file } = database.settings;
	if (sqlite) writeFileSync(file, sqlite, { mode: 0o600 });
	else {
		await makeSchema(database.settings);
		sqlite = readFileSync(file);
	}
	return database;
}

/** A file in a fresh folder; the folder goes with it, WAL included. */
function createEmptySqlite(): Promise<TestDatabase & { settings: { file: string } }> {
	const folder = mkdtempSync(join(tmpdir(), 'hasp-sqlite-'));
	const drop = (): Promise<void> => {
		rmSync(folder, { recursive: true, force: true });
		return Promise.resolve();
	};
	return Promise.resolve({ settings: { file: join(folder, 'hasp.sqlite') }, drop });
}

/** URLs of this process's databases that have the schema of today, no rows and no user. */
const idle: string[] = [];
/** Takes every row but those of `migration` away; fails when a table is missing. */
let emptying = '';

/**
 * A database with the schema of today. Making one takes 200 ms, taking away what a test wrote 10, so it is
 * used again, unless a table of it is missing.
 */
async function createPostgres(): Promise<TestDatabase> {
	const url = idle.pop() ?? (await makePostgres());
	const drop = async (): Promise<void> => {
		await left(url);
		try {
			await run(url, emptying);
			idle.push(url);
		} catch {
			await dropPostgres(url);
		}
	};
	return { settings: { url }, drop };
}

async function makePostgres(): Promise<string> {
	const { url } = (await createEmptyPostgres()).settings;
	await makeSchema({ url });
	const { rows } = await run(url, "select tablename from pg_tables where schemaname = 'public'");
	const tables = rows.map(({ tablename }) => String(tablename));
	emptying = [
		'set session_replication_role = replica',
		'select number from migration',
		...tables.filter((name) => name !== 'migration').map((name) => `delete from "${name}"`)
	].join(';');
	return url;
}

/** A database in the cluster that vitest's global setup started. About 50 ms. */
async function createEmptyPostgres(): Promise<TestDatabase & { settings: { url: string } }> {
	const url = new URL(inject('postgres'));
	const name = `test_${randomUUID().replaceAll('-', '')}`;
	await run(inject('postgres'), `create database ${name}`);
	url.pathname = `/${name}`;
	return { settings: { url: url.href }, drop: () => dropPostgres(url.href) };
}

/** Not "with (force)": a connection left open must fail the test that left it. */
async function dropPostgres(url: string): Promise<void> {
	await run(inject('postgres'), `drop database if exists ${nameOf(url)}`);
}

/** Waits until nobody is connected. @throws Error after five seconds, as "drop database" would. */
async function left(url: string): Promise<void> {
	const present = `select from pg_stat_activity
		where datname = '${nameOf(url)}' and backend_type = 'client backend'`;
	for (const end = Date.now() + 5_000; ; await sleep(10)) {
		if ((await run(inject('postgres'), present)).rowCount === 0) return;
		if (Date.now() > end) throw new Error(`${url} was left with a connection open`);
	}
}

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

async function makeSchema(settings: DatabaseSettings): Promise<void> {
	const connection = connect(settings);
	await migrate(connection);
	await connection.close();
}

async function run(url: string, statement: string): Promise<pg.QueryResult> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		return await client.query(statement);
	} finally {
		await client.end();
	}
}
