import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../setup/postgres.ts';
import { loadUnlocks, type LoadResult } from './load.ts';
import { freePort } from '../setup/port.ts';
import { startServer } from './server.ts';

const SECONDS = 10;
const LOCKS = 1000;

/** Unlock requests a second and their tail, on both databases, beside bare node:http. */
export async function benchRelay(): Promise<void> {
	const embedded = await startServer({ locks: LOCKS });
	await loadUnlocks(embedded, 3);
	const sqlite = await loadUnlocks(embedded, SECONDS);
	const resident = embedded.resident();
	const raw = await loadRaw(embedded);
	await embedded.stop();
	print('SQLite', sqlite);
	print('node:http, same transaction', raw);
	console.log(`  ratio to node:http ${(sqlite.perSecond / raw.perSecond).toFixed(2)} (budget 0.5)`);
	console.log(`  resident under load ${Math.round(resident / 1e6)} MB (budget 200)`);

	const postgres = await startPostgres({ durable: true });
	const pooled = await startServer({ locks: LOCKS, databaseUrl: postgres.url });
	await loadUnlocks(pooled, 3);
	print('PostgreSQL', await loadUnlocks(pooled, SECONDS));
	await pooled.stop();
	await postgres.stop();
}

/** The yardstick on the same data, the server idle meanwhile. */
async function loadRaw(server: {
	data: string;
	privateKey: string;
	macs: string[];
}): Promise<LoadResult> {
	const port = await freePort();
	const file = join(server.data, 'hasp.sqlite');
	const child = spawn(process.execPath, ['tests/bench/raw.ts', file, String(port)], {
		stdio: ['ignore', 'ignore', 'inherit']
	});
	try {
		await sleep(1000);
		const url = `http://127.0.0.1:${port}`;
		await loadUnlocks({ ...server, url }, 3);
		return await loadUnlocks({ ...server, url }, SECONDS);
	} finally {
		child.kill();
	}
}

function print(name: string, { perSecond, p50, p99, failed }: LoadResult): void {
	console.log(
		`  ${name}: ${Math.round(perSecond)}/s, p50 ${p50} ms, p99 ${p99} ms, ${failed} failed`
	);
}
