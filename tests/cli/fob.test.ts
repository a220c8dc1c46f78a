import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run as runWords } from '../../src/cli/run.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { openServer } from '../../src/lib/server/context.ts';
import { makeLog } from '../../src/lib/server/log.ts';
import { databases } from '../setup/databases.ts';

const LOCK = 'F1:E2:D3:C4:B5:A6';
const FOB = 'C0:FF:EE:00:00:01';

describe.each(databases)('fobs and locks by the command line on $name', ({ create }) => {
	let data: string;
	let env: Record<string, string>;
	let company: string;
	let drop: () => Promise<void>;
	beforeEach(async () => {
		data = mkdtempSync(join(tmpdir(), 'hasp-cli-'));
		const database = await create();
		const url = 'url' in database.settings ? { DATABASE_URL: database.settings.url } : {};
		env = { HASP_DATA: data, ...url };
		drop = database.drop;
		company = (await json('company', 'add', 'Acme')).company.id;
		await json('lock', 'add', '--company', company, '--mac', LOCK, '--hw', '4I');
	});
	afterEach(async () => {
		await drop();
		rmSync(data, { recursive: true });
	});

	const run = async (words: string[]) => {
		let [out, err] = ['', ''];
		const code = await runWords(words, {
			env,
			readPassword: () => Promise.resolve(undefined),
			out: (text) => (out += text),
			err: (text) => (err += text)
		});
		return { code, out, err };
	};
	const json = async (...words: string[]) => {
		const { code, out, err } = await run(words);
		expect([code, err]).toEqual([0, '']);
		return JSON.parse(out);
	};
	const failure = async (...words: string[]) => {
		const { code, err } = await run(words);
		expect(code).toBe(1);
		return JSON.parse(err).error.code;
	};
	const fob = (...more: string[]) => ['fob', 'add', '--company', company, '--mac', FOB, ...more];

	test('a fob is added with its base key', async () => {
		expect(await json(...fob('--serial', '12-3'))).toEqual({
			fob: {
				mac: FOB,
				serial: '12-3',
				name: '12-3',
				environment: 'production',
				baseKey: '000102030405060708090a0b0c0d0e0f'
			}
		});
		expect(await failure(...fob())).toBe('conflict');
		const own = { mac: 'C0:FF:EE:00:00:02', key: 'AB'.repeat(16) };
		const words = ['--mac', own.mac, '--environment', 'sandbox', '--base-key', own.key];
		const added = await json('fob', 'add', '--company', company, ...words);
		expect(added.fob).toMatchObject({
			name: own.mac,
			environment: 'sandbox',
			baseKey: own.key.toLowerCase()
		});
	});

	test('a fob is no lock as well', async () => {
		const asLock = ['lock', 'add', '--company', company, '--mac', FOB, '--hw', '2f'];
		expect(await failure(...asLock)).toBe('bad-input');
		await json(...fob());
		const lock = ['lock', 'add', '--company', company, '--hw', '4I', '--mac', FOB.toLowerCase()];
		expect(await failure(...lock)).toBe('conflict');
		const file = join(data, 'locks.csv');
		writeFileSync(file, `mac,hw\nc0ffee000002,4I\n${FOB},4I\n`);
		const { code, err } = await run(['lock', 'import', file, '--company', company]);
		expect([code, JSON.parse(err).error.mistakes]).toEqual([
			1,
			[{ line: 3, column: 'mac', message: `${FOB} is in the company already` }]
		]);
	});

	test('a lock without a name or a serial is called by its MAC as it is printed', async () => {
		const lock = ['lock', 'add', '--company', company, '--hw', '4I', '--mac'];
		const { name } = (await json(...lock, 'c0-ff-ee-00-00-03')).lock;
		expect(name).toBe('C0:FF:EE:00:00:03');
		const file = join(data, 'locks.csv');
		writeFileSync(file, 'mac,hw\nc0ffee000004,4I\n');
		await json('lock', 'import', file, '--company', company);
		const server = await openServer(readConfig(env), makeLog('silent'));
		const rows = await server.db.selectFrom('lock').select('name').execute();
		await server.close();
		expect(rows.map((row) => row.name)).toContain('C0:FF:EE:00:00:04');
	});

	test('a fob that cannot be', async () => {
		expect(await failure('fob', 'add', '--company', company, '--mac', LOCK)).toBe('conflict');
		expect(await failure('fob', 'add', '--company', company, '--mac', 'x')).toBe('bad-input');
		expect(await failure(...fob('--base-key', '00'))).toBe('bad-input');
		expect(await failure('fob', 'add', '--company', 'none', '--mac', FOB)).toBe('not-found');
		expect((await run(['fob', 'add', '--company', company])).code).toBe(2);
		expect((await run(fob('--hw', '2F'))).code).toBe(2);
	});

	test('a lock moves, and its keys are reset', async () => {
		const words = ['--company', company, '--mac', LOCK];
		const to = (environment: string) => [...words, '--environment', environment];
		expect(await json('lock', 'move', ...to('sandbox'))).toEqual({
			mac: LOCK,
			environment: 'sandbox'
		});
		expect(await failure('lock', 'move', ...to('sandbox'))).toBe('conflict');
		expect(await failure('lock', 'move', ...to('nowhere'))).toBe('bad-input');
		expect(await json('lock', 'reset', ...words)).toEqual({ mac: LOCK, keys: 0 });
		const other = ['--company', company, '--mac', FOB];
		expect(await failure('lock', 'reset', ...other)).toBe('not-found');
		expect((await run(['lock', 'reset', '--company', company])).code).toBe(2);
	});

	test('a recovery takes locks and fobs alike', async () => {
		await json(...fob());
		const words = ['lock', 'recover', '--company', company];
		expect(await json(...words)).toEqual({ recovering: 2 });
		expect(await json(...words, '--mac', FOB)).toEqual({ recovering: 1 });
		expect(await json(...words, '--mac', LOCK)).toEqual({ recovering: 1 });
		expect((await run([...words, '--mac', 'C0:FF:EE:00:00:09'])).code).toBe(1);
	});
});
