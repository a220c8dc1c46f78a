import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { connect, type Db } from '../../src/lib/server/db/connect.ts';
import { migrate } from '../../src/lib/server/db/migrate.ts';
import { databases, type DatabaseSettings } from './databases.ts';

/** Leaves a table behind and says how many there were before. */
async function visit(settings: DatabaseSettings): Promise<number> {
	if ('file' in settings) {
		const db = new Sqlite(settings.file);
		const before = db.prepare("select 1 from sqlite_master where type = 'table'").all().length;
		db.exec('create table visit (id text)');
		db.close();
		return before;
	}
	const client = new pg.Client({ connectionString: settings.url });
	await client.connect();
	try {
		const tables = "select 1 from information_schema.tables where table_schema = 'public'";
		const before = (await client.query(tables)).rows.length;
		await client.query('create table visit (id text)');
		return before;
	} finally {
		await client.end();
	}
}

describe.each(databases)('$name', ({ create, createEmpty }) => {
	test('hands out an empty database each time and removes it', async () => {
		const [first, second] = [await createEmpty(), await createEmpty()];
		expect(await visit(first.settings)).toBe(0);
		expect(await visit(first.settings).catch(() => 'kept')).toBe('kept');
		expect(await visit(second.settings)).toBe(0);
		await first.drop();
		await second.drop();
		if ('file' in first.settings) expect(existsSync(first.settings.file)).toBe(false);
		else await expect(visit(first.settings)).rejects.toThrow('does not exist');
	});
	test('hands out the schema of today without rows, whatever was done to the one before', async () => {
		const harms = [
			(db: Db) =>
				db
					.insertInto('rateLimit')
					.values({ id: 'a', key: 'a', count: 0, lastRequest: 0 })
					.execute(),
			(db: Db) => db.schema.dropTable('grant').execute(),
			(db: Db) => db.schema.dropTable('migration').execute(),
			() => Promise.resolve()
		];
		for (const harm of harms) {
			const { settings, drop } = await create();
			const connection = connect(settings);
			expect(await migrate(connection)).toBe(0);
			expect(await connection.db.selectFrom('rateLimit').selectAll().execute()).toEqual([]);
			expect(await connection.db.selectFrom('grant').selectAll().execute()).toEqual([]);
			await harm(connection.db);
			await connection.close();
			await drop();
		}
	});
});
