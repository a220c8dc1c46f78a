import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { getMigrations } from 'better-auth/db/migration';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/lib/server/config.ts';
import { connect, type Connection } from '../../../src/lib/server/db/connect.ts';
import { isDuplicate } from '../../../src/lib/server/db/error.ts';
import { newId } from '../../../src/lib/server/db/id.ts';
import { LATEST, migrate, version } from '../../../src/lib/server/db/migrate.ts';
import { makeLog } from '../../../src/lib/server/log.ts';
import { authOptions } from '../../../src/lib/server/people/auth.ts';
import { addCompany } from '../../../src/lib/server/people/companies.ts';
import { Secret } from '../../../src/lib/server/secret.ts';
import { databases, type DatabaseSettings } from '../../setup/databases.ts';

describe.each(databases)('the schema on $name', ({ createEmpty }) => {
	let settings: DatabaseSettings;
	let connection: Connection;
	let drop: () => Promise<void>;
	beforeEach(async () => {
		({ settings, drop } = await createEmpty());
		connection = connect(settings);
	});
	afterEach(async () => {
		await connection.close();
		await drop();
	});

	test('is made once, and again changes nothing', async () => {
		expect(await migrate(connection)).toBe(LATEST);
		expect(await migrate(connection)).toBe(0);
		expect(await version(connection.db)).toBe(LATEST);
	});

	test('is what better-auth wants, to the column', async () => {
		await migrate(connection);
		const secret = new Secret(new Uint8Array(32));
		const options = authOptions({
			config: readConfig({}),
			connection,
			secret,
			log: makeLog('silent')
		});
		const { toBeCreated, toBeAdded } = await getMigrations(options);
		expect([toBeCreated, toBeAdded]).toEqual([[], []]);
	});

	test('three processes that start at once do not collide', async () => {
		const program = `
			import { connect } from './src/lib/server/db/connect.ts';
			import { migrate } from './src/lib/server/db/migrate.ts';
			const connection = connect(${JSON.stringify(settings)});
			console.log(await migrate(connection));
			await connection.close();`;
		const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program];
		const outputs = await Promise.all(
			[1, 2, 3].map(async () => {
				const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
				let out = '';
				child.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
				const [code] = (await once(child, 'close')) as [number];
				expect(code).toBe(0);
				return Number(out);
			})
		);
		expect(outputs.sort()).toEqual([0, 0, LATEST].sort());
	});

	test('of a newer program is refused', async () => {
		await migrate(connection);
		const row = { number: LATEST + 1, name: 'later', at: 0 };
		await connection.db.insertInto('migration').values(row).execute();
		await expect(migrate(connection)).rejects.toMatchObject({ code: 'too-new' });
	});

	test('numbers are numbers, checks and unique keys hold, a company takes its rows along', async () => {
		await migrate(connection);
		const { db } = connection;
		const { id } = await addCompany(db, 'Acme', 'cli');
		const at = Date.now();
		const key = {
			id: newId(),
			company_id: id,
			environment: 'sandbox' as const,
			kind: 'mobile' as const,
			hash: 'h',
			hint: 'h',
			created_at: at,
			revoked_at: null
		};
		await db.insertInto('api_key').values(key).execute();
		const read = await db
			.selectFrom('api_key')
			.select((e) => ['created_at', e.fn.countAll().as('count'), e.fn.sum('created_at').as('sum')])
			.groupBy('created_at')
			.executeTakeFirstOrThrow();
		expect(read).toEqual({ created_at: at, count: 1, sum: at });
		const twice = db
			.insertInto('api_key')
			.values({ ...key, id: newId() })
			.execute();
		await expect(twice.catch(isDuplicate)).resolves.toBe(true);
		const wrong = sql`update api_key set environment = 'other'`.execute(db);
		await expect(wrong).rejects.toThrow(/constraint/i);
		await db.deleteFrom('organization').execute();
		expect(await db.selectFrom('api_key').selectAll().execute()).toEqual([]);
		expect(await db.selectFrom('audit').selectAll().execute()).toEqual([]);
	});
});

test('a URL that is not PostgreSQL is refused', () => {
	expect(() => connect({ url: 'mysql://x' })).toThrow(
		expect.objectContaining({ code: 'cannot-open' })
	);
});

test('ids of one moment are unique, and sort by time', () => {
	const ids = Array.from({ length: 1000 }, () => newId(1_700_000_000_000));
	expect(new Set(ids).size).toBe(1000);
	expect(newId(1) < newId(2) && newId(2 ** 40) < newId(2 ** 41)).toBe(true);
	expect(ids[0]).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});
