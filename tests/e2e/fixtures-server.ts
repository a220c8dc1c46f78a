import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../setup/port.ts';

/** The built app as a process of its own, with data of its own. */
export class AppServer {
	/** Origin, for example `http://localhost:40123`. */
	readonly url: string;
	/** Its HASP_DATA. */
	readonly data: string;
	/** Everything it logged. */
	log = '';
	readonly #port: number;
	readonly #env: Readonly<Record<string, string>>;
	#process: ChildProcess | null = null;

	private constructor(port: number, env: Readonly<Record<string, string>>) {
		this.#port = port;
		this.#env = env;
		this.url = `http://localhost:${port}`;
		this.data = mkdtempSync(join(tmpdir(), 'hasp-data-'));
	}

	/** Starts `build/` on a free loopback port and waits until its health endpoint answers. */
	static async launch(env: Readonly<Record<string, string>> = {}): Promise<AppServer> {
		if (!existsSync('build/index.js')) throw new Error('No built app: run `npm run build`');
		const server = new AppServer(await freePort(), env);
		await server.start();
		return server;
	}

	/** Process id while it runs. */
	get pid(): number | undefined {
		return this.#process?.pid;
	}

	/** Starts it again on the same port and data after `stop`; nothing happens while it runs. */
	async start(): Promise<void> {
		if (this.#process?.exitCode === null) return;
		const child = spawn(process.execPath, ['build'], {
			env: {
				...process.env,
				NODE_ENV: 'production',
				HOST: '127.0.0.1',
				PORT: String(this.#port),
				ORIGIN: this.url,
				HASP_DATA: this.data,
				// As `npm start`: what asks again on a connection that just ended is cut off.
				KEEP_ALIVE_TIMEOUT: '130',
				...this.#env
			},
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = child;
		const note = (text: Buffer): void => void (this.log += text.toString());
		child.stdout.on('data', note);
		child.stderr.on('data', note);
		const orphan = (): void => void child.kill('SIGKILL');
		process.once('exit', orphan);
		child.once('exit', () => process.off('exit', orphan));
		const deadline = Date.now() + 20_000;
		while (!(await this.#healthy())) {
			if (child.exitCode === null && Date.now() < deadline) {
				await sleep(50);
				continue;
			}
			await this.stop();
			throw new Error(`The app did not come up:\n${this.log}`);
		}
	}

	/** Ends the process gracefully, after ten seconds by force. The data stays. */
	async stop(): Promise<void> {
		const child = this.#process;
		this.#process = null;
		if (!child || child.exitCode !== null || child.signalCode !== null) return;
		const exited = once(child, 'exit');
		child.kill('SIGTERM');
		const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
		await exited;
		clearTimeout(force);
	}

	/** Ends the process and removes its data. */
	async dispose(): Promise<void> {
		await this.stop();
		rmSync(this.data, { recursive: true, force: true });
	}

	async #healthy(): Promise<boolean> {
		try {
			return (await fetch(`${this.url}/api/health`, { signal: AbortSignal.timeout(2000) })).ok;
		} catch {
			return false;
		}
	}
}
