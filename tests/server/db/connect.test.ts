import { sql } from 'kysely';
import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { connect } from '../../../src/lib/server/db/connect.ts';
import { migrate } from '../../../src/lib/server/db/migrate.ts';
import { inTransaction } from '../../../src/lib/server/db/transaction.ts';
import { databases } from '../../setup/databases.ts';

test('the embedded database is durable, private and checks its keys', async () => {
	const { settings, drop } = await databases[0].createEmpty();
	const connection = connect(settings);
	const pragma = async (name: string) =>
		Object.values((await sql.raw(`pragma ${name}`).execute(connection.db)).rows[0] ?? {})[0];
	expect(await pragma('journal_mode')).toBe('wal');
	// 2 is FULL: a commit is on disk before it is answered.
	expect(await pragma('synchronous')).toBe(2);
	expect(await pragma('foreign_keys')).toBe(1);
	await migrate(connection);
	if ('file' in settings) {
		for (const end of ['', '-wal', '-shm']) {
			expect(statSync(settings.file + end).mode & 0o777).toBe(0o600);
		}
	}
	await connection.close();
	await drop();
});

test('a PostgreSQL that ends our idle connections is told, and reached again', async () => {
	const { settings, drop } = await databases[1].create();
	const errors: Error[] = [];
	const ours = connect(settings, { onError: (error) => errors.push(error) });
	const other = connect(settings);
	await migrate(ours);
	await sql`select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`.execute(other.db);
	await expect.poll(() => errors.length).toBeGreaterThan(0);
	expect(await ours.db.selectFrom('lock').selectAll().execute()).toEqual([]);
	await ours.close();
	await other.close();
	await drop();
});

test.each(databases)('a transaction inside one is the same one on $name', async ({ create }) => {
	const { settings, drop } = await create();
	const connection = connect(settings);
	await migrate(connection);
	const { db } = connection;
	const row = (id: string) => ({ id, key: id, count: 0, lastRequest: 0 });
	const failed = inTransaction(db, async (trx) => {
		await inTransaction(trx, (same) => same.insertInto('rateLimit').values(row('a')).execute());
		throw new Error('no');
	});
	await expect(failed).rejects.toThrow('no');
	expect(await db.selectFrom('rateLimit').selectAll().execute()).toEqual([]);
	await connection.close();
	await drop();
});
