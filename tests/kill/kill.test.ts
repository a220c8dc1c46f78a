import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { addKey } from '../../src/lib/server/api-keys.ts';
import { readConfig } from '../../src/lib/server/config.ts';
import { openServer } from '../../src/lib/server/context.ts';
import { AddFob, addFob } from '../../src/lib/server/fobs.ts';
import { addLock } from '../../src/lib/server/locks.ts';
import { makeLog } from '../../src/lib/server/log.ts';
import { addCompany } from '../../src/lib/server/people/companies.ts';
import { Chance, runSeed } from '../pair/chance.ts';
import { TestFob } from '../server/core/test-fob.ts';
import { TestLock } from '../server/core/test-lock.ts';
import { databases, type DatabaseSettings } from '../setup/databases.ts';
import { Gone, Mortal } from './mortal.ts';
import { Witness, type Keys } from './witness.ts';

/** Kills on each database; `HASP_KILLS=200` for the long run, `HASP_SEED` to repeat one. */
const KILLS = Number(process.env['HASP_KILLS'] ?? 4);
/** `build` in the long run. */
const PROGRAM = process.env['HASP_PROGRAM'] ?? 'tests/kill/serve.ts';
const LOCKS = 3;
/** Answers before a kill, at least and at most; then some milliseconds more. */
const ANSWERS = { least: 10, most: 40 };
const MORE = 8;

interface Provision {
	keys: Keys;
	macs: { lock: string; fob: string }[];
}

/** A company with its keys, locks and fobs, on an empty database. */
async function provide(env: Record<string, string>): Promise<Provision> {
	const server = await openServer(readConfig({ ...env, PORT: '1' }), makeLog('silent'));
	const { db, secret } = server;
	const { id: companyId } = await addCompany(db, 'Acme', 'cli');
	const by = { companyId, actor: 'cli', name: 'J Doe' };
	const environment = 'production' as const;
	const key = async (kind: 'private' | 'mobile') =>
		(await addKey(db, companyId, 'cli', { environment, kind })).secret;
	const keys = { private: await key('private'), mobile: await key('mobile') };
	const about = { place: '', serial: '', hardwareType: '4I', firmware: '4.25', environment };
	const macs = Array.from({ length: LOCKS }, (_, i) => ({
		lock: `F1:E2:D3:C4:00:0${i}`,
		fob: `F1:E2:D3:C4:01:0${i}`
	}));
	for (const { lock, fob } of macs) {
		await addLock(db, secret, by, { mac: lock, name: lock, ...about });
		await addFob(db, secret, by, AddFob.parse({ mac: fob, environment }));
	}
	await server.close();
	return { keys, macs };
}

const lines: string[] = [];
afterAll(() => console.log(lines.join('\n')));

describe.each(databases)('a server that is killed, on $name', ({ name, create }) => {
	function environment(settings: DatabaseSettings, folder: string): Record<string, string> {
		if ('file' in settings) return { HASP_DATA: dirname(settings.file) };
		return { HASP_DATA: folder, DATABASE_URL: settings.url };
	}

	test(`${KILLS} times keeps what it acknowledged, and every lock opens`, async () => {
		const seed = runSeed();
		const chance = new Chance(seed);
		const database = await create();
		const folder = mkdtempSync(join(tmpdir(), 'hasp-kill-'));
		// Its modules are compiled once, not at every start.
		const compiled = { NODE_COMPILE_CACHE: join(folder, 'compiled') };
		const env = { ...environment(database.settings, folder), ...compiled };
		const { keys, macs } = await provide(env);
		const server = await Mortal.start(PROGRAM, env);
		const witnesses = macs.map(({ lock, fob }, i) => {
			const own = new Chance(seed + 1 + i);
			return new Witness(server, keys, new TestLock(lock), new TestFob(fob), own);
		});
		try {
			for (let kill = 1; kill <= KILLS; kill++) {
				const told = `HASP_SEED=${seed}, kill ${kill}`;
				const load = witnesses.map(untilGone);
				const { least, most } = ANSWERS;
				await server.answers(least + chance.below(most - least));
				await sleep(chance.below(MORE));
				await server.kill();
				await Promise.all(load);
				await server.rise();
				const broken = await Promise.all(witnesses.map((witness) => witness.broken()));
				expect(broken.flat(), told).toEqual([]);
				const opened = await Promise.all(witnesses.map((witness) => witness.open()));
				expect(opened, told).toEqual(witnesses.map(() => true));
			}
			const differ = await Promise.all(witnesses.map((witness) => witness.differences()));
			expect(differ.flat(), `HASP_SEED=${seed}`).toEqual([]);
		} finally {
			await server.kill();
			rmSync(folder, { recursive: true, force: true });
		}
		await database.drop();
		const writes = witnesses.reduce((sum, witness) => sum + witness.writes, 0);
		lines.push(`${name}: ${KILLS} kills, ${writes} acknowledged writes, HASP_SEED=${seed}`);
		expect(writes).toBeGreaterThan(KILLS * 5);
	}, 3_600_000);
});

/** Goes on until the server is gone, in the midst of a call. */
async function untilGone(witness: Witness): Promise<void> {
	for (;;) {
		try {
			await witness.step();
		} catch (error) {
			if (error instanceof Gone) return;
			throw error;
		}
	}
}
