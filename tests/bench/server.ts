import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A built server on loopback with data of its own, provisioned through the command line. */
export interface BenchServer {
	url: string;
	privateKey: string;
	macs: string[];
	/** Resident memory now, in bytes. */
	resident(): number;
	stop(): Promise<void>;
}

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
	const probe = createServer().listen(0, '127.0.0.1');
	await new Promise((done) => probe.once('listening', done));
	const { port } = probe.address() as { port: number };
	await new Promise((done) => probe.close(done));
	return port;
}

/** Starts `build/` as `npm start` does. `databaseUrl` empty: SQLite in the data folder. */
export async function startServer(options: {
	locks: number;
	databaseUrl?: string;
}): Promise<BenchServer> {
	const folder = mkdtempSync(join(tmpdir(), 'hasp-bench-'));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const env = {
		...process.env,
		HASP_DATA: folder,
		DATABASE_URL: options.databaseUrl ?? '',
		PORT: String(port),
		HOST: '127.0.0.1',
		ORIGIN: url,
		NODE_ENV: 'production'
	};
	const hasp = (...words: string[]): string => {
		const run = spawnSync(process.execPath, ['src/cli/hasp.ts', ...words], { env });
		if (run.status !== 0) throw new Error(`hasp ${words[0]}: ${String(run.stderr)}`);
		return String(run.stdout);
	};
	const made = JSON.parse(hasp('company', 'add', 'Bench')) as {
		company: { id: string };
		keys: { production: { private: string } };
	};
	const macs = Array.from({ length: options.locks }, (_, i) => macOf(i));
	const csv = join(folder, 'locks.csv');
	const { writeFileSync } = await import('node:fs');
	writeFileSync(
		csv,
		['mac,serial,hw,fw,name', ...macs.map((m, i) => `${m},B${i},4I,4.25,Bench ${i}`)].join('\n')
	);
	hasp('lock', 'import', csv, '--company', made.company.id);
	const child = spawn(
		process.execPath,
		['--max-old-space-size=128', '--max-semi-space-size=16', 'build'],
		{ env, stdio: ['ignore', 'ignore', 'inherit'] }
	);
	await answers(`${url}/api/health`, child);
	return {
		url,
		privateKey: made.keys.production.private,
		macs,
		resident: () => residentOf(child.pid!),
		stop: async () => {
			const ended = new Promise((done) => child.once('exit', done));
			child.kill('SIGTERM');
			await ended;
			rmSync(folder, { recursive: true, force: true });
		}
	};
}

/** The MAC of bench lock i: locally administered. */
function macOf(i: number): string {
	const hex = i.toString(16).toUpperCase().padStart(10, '0');
	return `02:${hex.match(/../g)!.join(':')}`;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
		const reply = await fetch(url).catch(() => null);
		if (reply?.ok) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error('the server did not answer in 10 s');
}

function residentOf(pid: number): number {
	const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]);
	return Number(String(stdout).trim()) * 1024;
}
