import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestProject } from 'vitest/node';
import { freePort } from './port.ts';
import { findPostgres } from './programs.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** URL of the throw-away cluster's own database; see `databases.ts`. */
		postgres: string;
	}
}

/** A PostgreSQL of our own that ends with this process. */
export interface Cluster {
	/** Connection URL of the maintenance database. */
	readonly url: string;
	/** Ends the cluster and removes its files; close every pool first. */
	stop(): Promise<void>;
}

/*
 * $0 is the folder, $1 that of the binaries, $2 the port, $3 and $4 switch durability off. The shell outlives us by one read of its closed
 * stdin, so the cluster ends and its files go even after SIGKILL. INT ends clients too, but until the
 * server has its handlers a background job ignores it; TERM is not ignored. A complaint into our closed pipe must not end the shell.
 */
const GUARDED = `
trap '' PIPE
"$1/initdb" -D "$0/data" -U test -A trust --locale=C --encoding=UTF8 $3 > /dev/null && {
	"$1/postgres" -D "$0/data" -h 127.0.0.1 -p "$2" -k '' $4 &
	cat > /dev/null
	kill -TERM $!
	kill -INT $!
	wait $!
}
cd / && rm -rf "$0"`;

/**
 * Starts a throw-away PostgreSQL on a free loopback port and waits until it accepts connections.
 * `durable` keeps its fsync, which only a measurement needs.
 *
 * @throws Error when the binaries are missing or the cluster does not come up within 30 seconds.
 */
export async function startPostgres({ durable = false } = {}): Promise<Cluster> {
	const bin = findPostgres();
	if (bin === null) throw new Error('PostgreSQL is missing: run `npm test`, or install postgresql');
	const owner = nobody();
	const dir = mkdtempSync(join(tmpdir(), 'hasp-postgres-'));
	if (owner) chownSync(dir, owner.uid, owner.gid);
	const port = await freePort();
	const lax = durable ? ['', ''] : ['--no-sync', '-F'];
	const child = spawn('sh', ['-c', GUARDED, dir, bin, String(port), ...lax], {
		...owner,
		// initdb wants to read the folder it stands in.
		cwd: dir,
		detached: true,
		stdio: ['pipe', 'ignore', 'pipe']
	});
	let log = '';
	child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
	const exited = once(child, 'exit');
	const stop = async (): Promise<void> => {
		child.stdin.end();
		await exited;
	};
	const deadline = Date.now() + 30_000;
	while (!log.includes('ready to accept connections') || !(await accepts(port))) {
		if (Date.now() > deadline || child.exitCode !== null) {
			await stop();
			throw new Error(`PostgreSQL did not start:\n${log}`);
		}
		await sleep(50);
	}
	return { url: `postgres://test@127.0.0.1:${port}/postgres`, stop };
}

/** vitest's `globalSetup`: one cluster for the run, its URL under `inject('postgres')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const cluster = await startPostgres();
	project.provide('postgres', cluster.url);
	return cluster.stop;
}

/** PostgreSQL refuses to run as root; nobody's ids when we are. */
function nobody(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}

function accepts(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1');
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}
