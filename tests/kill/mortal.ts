import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../setup/port.ts';

/** The server is gone: whether what was asked was done, nobody knows. */
export class Gone extends Error {}

/** What a call was answered with. */
export interface Said {
	result: 'success' | 'failure';
	error_code: number;
	data: ReturnType<typeof JSON.parse>;
}

/** A server process that is killed as `kill -9` does, and started again on the same data. */
export class Mortal {
	readonly #env: Record<string, string>;
	readonly #program: string;
	readonly #url: string;
	#process: ChildProcess | null = null;
	#log = '';
	/** Called after so many answers from now. */
	#after: { answers: number; then: () => void } | null = null;

	private constructor(program: string, port: number, env: Record<string, string>) {
		this.#program = program;
		this.#url = `http://127.0.0.1:${port}`;
		const own = { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port) };
		this.#env = { ...own, ORIGIN: this.#url, ...env };
	}

	/** @param program what Node runs: `build`, or a file that serves as it does */
	static async start(program: string, env: Record<string, string>): Promise<Mortal> {
		const mortal = new Mortal(program, await freePort(), env);
		await mortal.rise();
		return mortal;
	}

	/** Starts it; returns when it is well. */
	async rise(): Promise<void> {
		const args = ['--disable-warning=ExperimentalWarning', this.#program];
		const child = spawn(process.execPath, args, {
			env: { ...process.env, ...this.#env },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		this.#process = child;
		const note = (text: Buffer): void => void (this.#log = (this.#log + String(text)).slice(-4000));
		child.stdout.on('data', note);
		child.stderr.on('data', note);
		const orphan = (): void => void child.kill('SIGKILL');
		process.once('exit', orphan);
		child.once('exit', () => process.off('exit', orphan));
		const deadline = Date.now() + 30_000;
		while (!(await this.#isWell())) {
			if (child.exitCode !== null || Date.now() > deadline)
				throw new Error(`The server did not come up:\n${this.#log}`);
			await sleep(20);
		}
	}

	/** Fulfilled when it has given so many more answers. */
	answers(count: number): Promise<void> {
		return new Promise((then) => (this.#after = { answers: count, then }));
	}

	/** Ends it without a word. */
	async kill(): Promise<void> {
		const child = this.#process;
		this.#process = null;
		if (child === null || child.exitCode !== null) return;
		const exited = once(child, 'exit');
		child.kill('SIGKILL');
		await exited;
	}

	/** One call of the Core API. Throws Gone when no whole answer came. */
	async call(path: string, key: string, body: object): Promise<Said> {
		const text = await this.#post(path, key, body);
		const said = JSON.parse(text) as Said;
		if (this.#after !== null && --this.#after.answers === 0) this.#after.then();
		// Its own failure is none of those that are allowed here.
		if (said.error_code === 1) throw new Error(`${path} failed: ${text}\n${this.#log}`);
		return said;
	}

	async #post(path: string, key: string, body: object): Promise<string> {
		const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
		try {
			const request = { method: 'POST', headers, body: JSON.stringify(body) };
			return await (await fetch(`${this.#url}/core/${path}/`, request)).text();
		} catch (cause) {
			throw new Gone(path, { cause });
		}
	}

	async #isWell(): Promise<boolean> {
		try {
			return (await fetch(`${this.#url}/api/health`)).ok;
		} catch {
			return false;
		}
	}
}
