import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';
import { openServer, type Server } from '../../src/lib/server/context.ts';
import { identifyApiKey } from '../../src/lib/server/api-keys.ts';
import { run as runWords } from '../../src/cli/run.ts';
import { makeLog } from '../../src/lib/server/log.ts';
import { databases } from '../setup/databases.ts';

const MAC = 'F1:E2:D3:C4:B5:A6';

describe.each(databases)('the command line on $name', ({ create, name: dialect }) => {
	let data: string;
	let server: Server;
	let env: Record<string, string>;
	let drop: () => Promise<void>;
	// A server runs on the same data all the while.
	beforeEach(async () => {
		data = mkdtempSync(join(tmpdir(), 'hasp-cli-'));
		const database = await create();
		const url = 'url' in database.settings ? { DATABASE_URL: database.settings.url } : {};
		env = { HASP_DATA: data, ...url };
		server = await openServer(readConfig(env), makeLog('silent'));
		drop = database.drop;
	});
	afterEach(async () => {
		await server.close();
		await drop();
		rmSync(data, { recursive: true });
	});

	const run = async (words: string[], password?: string) => {
		let [out, err] = ['', ''];
		const code = await runWords(words, {
			env,
			readPassword: () => Promise.resolve(password),
			out: (text) => (out += text),
			err: (text) => (err += text)
		});
		return { code, out, err };
	};
	const json = async (words: string[], password?: string) => {
		const { code, out, err } = await run(words, password);
		expect([code, err]).toEqual([0, '']);
		return JSON.parse(out);
	};
	const failure = async (words: string[]) => {
		const { code, out, err } = await run(words);
		expect([code, out]).toEqual([1, '']);
		return JSON.parse(err).error;
	};
	/** As an operator does it: another process, a pipe. */
	const spawned = (words: string[], input = '') => {
		const setup = ['--disable-warning=ExperimentalWarning', '--import', './tests/setup/hashing.ts'];
		const args = [...setup, 'src/cli/hasp.ts', ...words];
		const PATH = process.env['PATH'];
		const settings = { env: { PATH, ...env }, input, encoding: 'utf8' } as const;
		const { status, stdout, stderr } = spawnSync(process.execPath, args, settings);
		return { code: status, out: stdout, err: stderr };
	};

	test('declares the keys of one lock or of all unknown', async () => {
		const { company } = await json(['company', 'add', 'Waterworks']);
		const add = ['lock', 'add', '--company', company.id, '--hw', '4I', '--mac'];
		await json([...add, MAC]);
		await json([...add, 'F1:E2:D3:C4:B5:A7']);
		const phases = async () =>
			(await server.db.selectFrom('lock').select('phase').orderBy('mac').execute()).map(
				({ phase }) => phase
			);
		const recover = ['lock', 'recover', '--company', company.id];
		expect(await json([...recover, '--mac', MAC])).toEqual({ recovering: 1 });
		expect(await phases()).toEqual(['recover', 'steady']);
		expect(await json(recover)).toEqual({ recovering: 2 });
		expect(await phases()).toEqual(['recover', 'recover']);
		const absent = await failure([...recover, '--mac', '00:00:00:00:00:01']);
		expect(absent.code).toBe('lock-not-found');
	});

	test('provisions a company with keys, locks and people', async () => {
		const { company, keys } = await json(['company', 'add', 'Acme']);
		expect(company).toEqual({ id: expect.any(String), name: 'Acme' });
		for (const environment of ['production', 'sandbox']) {
			for (const kind of ['private', 'mobile']) {
				const stands = { id: expect.any(String), companyId: company.id, environment, kind };
				expect(await identifyApiKey(server.db, keys[environment][kind])).toEqual(stands);
			}
		}
		const of = ['--company', company.id];
		const added = await json(['key', 'add', ...of, '--environment', 'sandbox', '--kind', 'mobile']);
		expect(await identifyApiKey(server.db, added.secret)).not.toBeNull();
		expect(await json(['key', 'revoke', added.key.id])).toEqual({ revoked: added.key.id });
		expect(await identifyApiKey(server.db, added.secret)).toBeNull();

		const words = [
			'lock',
			'add',
			...of,
			'--mac',
			MAC,
			'--serial',
			'S1',
			'--hw',
			'4I',
			'--fw',
			'4.25'
		];
		const { lock } = await json([...words, '--environment', 'sandbox']);
		expect(lock).toMatchObject({
			mac: MAC,
			serial: 'S1',
			name: 'S1',
			hardwareType: '4I',
			firmware: '4.25',
			environment: 'sandbox',
			baseKey: '000102030405060708090a0b0c0d0e0f'
		});
		expect((await failure(words)).code).toBe('conflict');

		const person = ['user', 'add', ...of, '--name', 'Olga', '--role', 'owner', '--email'];
		const made = (await json([...person, 'Olga@example.com'])).user;
		expect(made).toMatchObject({ email: 'olga@example.com', role: 'owner' });
		const given = (await json([...person, 'ada@example.com'], 'correct horse battery')).user;
		expect(given).not.toHaveProperty('password');
		for (const [email, password] of [
			[made.email, made.password],
			[given.email, 'correct horse battery']
		]) {
			const { user } = await server.auth.api.signInEmail({ body: { email, password } });
			expect(user.name).toBe('Olga');
		}
		expect((await failure([...person, 'olga@example.com'])).code).toBe('conflict');
		expect((await run([...person, 'eva@example.com'], 'short')).err).toContain('bad-input');
	});

	test('imports a file of locks, or names every mistake in it and takes nothing', async () => {
		const { company } = await json(['company', 'add', 'Acme']);
		const file = join(data, 'locks.csv');
		const words = ['lock', 'import', file, '--company', company.id, '--environment', 'sandbox'];
		const locks = () => server.db.selectFrom('lock').selectAll().orderBy('mac').execute();
		writeFileSync(
			file,
			'mac,Serial,hw,fw,base_key,name\n' +
				'F1E2D3C4B5A6,S1,4I,4.25,,"Gate, north"\n' +
				'xx,S2,HD,4.25,zz,\n' +
				'f1-e2-d3-c4-b5-a6,S3,4I,4.25,,\n' +
				'00:00:00:00:00:01,S4,4I\n'
		);
		const { code, mistakes } = await failure(words);
		expect(code).toBe('bad-input');
		expect(mistakes).toEqual([
			{ line: 3, column: 'mac', message: 'a MAC has six octets' },
			{ line: 3, column: 'hw', message: 'two characters, such as 4I' },
			{ line: 3, column: 'base_key', message: 'a base key is 16 bytes in hex' },
			{ line: 4, column: 'mac', message: `${MAC} is on line 2 already` },
			{ line: 5, column: '', message: 'has 3 fields, the header row 6' }
		]);
		expect(await locks()).toEqual([]);

		writeFileSync(file, 'mac,colour,mac\n');
		expect((await failure(words)).mistakes[0]).toMatchObject({ line: 1 });
		const rows = Array.from({ length: 1200 }, (_, i) => {
			const mac = (0xf1e2d3000000 + i).toString(16);
			return `${mac},S${i},3p,4.${i % 30},${'ab'.repeat(16)},`;
		});
		writeFileSync(file, `mac,serial,hw,fw,base_key,name\r\n${rows.join('\r\n')}\r\n`);
		expect(await json(words)).toEqual({ imported: 1200 });
		const [first] = await locks();
		expect(first).toMatchObject({
			mac: 'F1:E2:D3:00:00:00',
			hardware_type: '3P',
			name: 'S0',
			environment: 'sandbox'
		});
		expect((await failure(words)).mistakes).toHaveLength(1200);
		expect(await locks()).toHaveLength(1200);
	});

	test('works from another process, with a password from a pipe', async () => {
		const made = spawned(['company', 'add', 'Acme']);
		expect([made.code, made.err]).toEqual([0, '']);
		const { company, keys } = JSON.parse(made.out);
		expect(await identifyApiKey(server.db, keys.sandbox.private)).not.toBeNull();
		const words = ['user', 'add', '--company', company.id, '--role', 'owner', '--name', 'Olga'];
		const password = 'correct horse battery';
		const added = spawned([...words, '--email', 'olga@example.com'], `${password}\n`);
		expect(JSON.parse(added.out).user).not.toHaveProperty('password');
		const body = { email: 'olga@example.com', password };
		expect((await server.auth.api.signInEmail({ body })).user.name).toBe('Olga');
		expect(spawned(['fly']).code).toBe(2);
		expect(spawned(['key', 'revoke', 'none']).code).toBe(1);
	});

	test('copies the database while a server is on it', async () => {
		await json(['company', 'add', 'Acme']);
		const file = join(data, 'copy.sqlite');
		if (dialect === 'postgres') {
			expect((await failure(['backup', file])).message).toContain('pg_dump');
			return;
		}
		const { backup } = await json(['backup', file]);
		expect(backup).toEqual({
			file,
			bytes: statSync(file).size,
			secret: server.secret.fingerprint
		});
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect((await failure(['backup', file])).code).toBe('conflict');
		const copy = await openServer({ ...server.config, database: { file } }, makeLog('silent'));
		const names = await copy.db.selectFrom('organization').select('name').execute();
		expect(names).toEqual([{ name: 'Acme' }]);
		await copy.close();
	});

	test('answers wrong words with the usage, and a refusal as JSON', async () => {
		const wrong = [
			[],
			['fly'],
			['company', 'add'],
			['company', 'add', 'A', 'B'],
			['key', 'add', '--environment', 'sandbox', '--kind', 'mobile'],
			['key', 'revoke', 'x', '--mac', MAC],
			['backup', '--fast', 'x']
		];
		for (const words of wrong) {
			const { code, out, err } = await run(words);
			expect([code, out], words.join(' ')).toEqual([2, '']);
			expect(err).toContain('Usage:');
		}
		expect((await run(['--help'])).out).toContain('Usage:');
		expect(await failure(['key', 'revoke', 'none'])).toEqual({
			code: 'not-found',
			message: 'Not found.'
		});
		const nobody = ['lock', 'add', '--company', 'none', '--mac', MAC, '--hw', '4I'];
		expect(await failure(nobody)).toEqual({
			code: 'not-found',
			message: 'No company has this id.'
		});
		env['ORIGIN'] = 'nonsense';
		expect((await failure(['company', 'add', 'A'])).code).toBe('bad-origin');
	});
});

test('a database of another secret is not opened', async () => {
	const database = await databases[0].create();
	const [one, two] = ['a', 'b'].map((name) => {
		const data = mkdtempSync(join(tmpdir(), `hasp-${name}-`));
		return { ...readConfig({ HASP_DATA: data }), database: database.settings };
	});
	if (!one || !two) throw new Error('two folders');
	const server = await openServer(one, makeLog('silent'));
	const { addCompany } = await import('../../src/lib/server/people/companies.ts');
	const { addLock } = await import('../../src/lib/server/locks.ts');
	const { id } = await addCompany(server.db, 'Acme', 'cli');
	const by = { companyId: id, actor: 'cli', name: 'cli' };
	await addLock(server.db, server.secret, by, {
		mac: MAC,
		name: 'Gate',
		place: '',
		serial: '',
		hardwareType: '4I',
		firmware: '4.25',
		environment: 'production'
	});
	await server.close();
	await expect(openServer(two, makeLog('silent'))).rejects.toMatchObject({ code: 'broken' });
	await database.drop();
	for (const { data } of [one, two]) rmSync(data, { recursive: true });
});
