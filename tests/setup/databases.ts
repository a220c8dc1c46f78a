import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';

/** What `connect` of the server's database room takes. */
export type DatabaseSettings = { readonly file: string } | { readonly url: string };

/** An empty database of one test's own. */
export interface TestDatabase {
	readonly settings: DatabaseSettings;
	/** Removes it; close your own connections before. */
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
	{ name: 'sqlite', create: createSqlite },
	{ name: 'postgres', create: createPostgres }
] as const;

/** A file in a fresh folder; the folder goes with it, WAL included. */
function createSqlite(): Promise<TestDatabase> {
	const folder = mkdtempSync(join(tmpdir(), 'hasp-sqlite-'));
	const drop = (): Promise<void> => {
		rmSync(folder, { recursive: true, force: true });
		return Promise.resolve();
	};
	return Promise.resolve({ settings: { file: join(folder, 'hasp.sqlite') }, drop });
}

/** A database in the cluster that vitest's global setup started. About 50 ms. */
async function createPostgres(): Promise<TestDatabase> {
	const maintenance = inject('postgres');
	const name = `test_${randomUUID().replaceAll('-', '')}`;
	await run(maintenance, `create database ${name}`);
	const url = new URL(maintenance);
	url.pathname = `/${name}`;
	return {
		settings: { url: url.href },
		// Not "with (force)": a connection left open must fail the test that left it.
		drop: () => run(maintenance, `drop database if exists ${name}`)
	};
}

async function run(url: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(statement);
	} finally {
		await client.end();
	}
}
