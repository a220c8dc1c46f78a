import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium } from '../setup/programs.ts';

type Reply = Record<string, unknown>;

/** What a trace tells of one piece of work on a thread. */
export interface TraceEvent {
	name: string;
	pid: number;
	tid: number;
	/** Microseconds. */
	ts: number;
	/** Microseconds of CPU. */
	tdur?: number;
}

/** A tab, and what is asked of it alone. */
export interface Tab {
	id: string;
	send(method: string, params?: object): Promise<Reply>;
}

/**
 * Chromium with a profile on the disk, and nobody looking on: Playwright has every page tell of each request
 * and each script, with where in the code it was begun, and that was half of all that a start took.
 */
export class Unwatched {
	readonly #folder = mkdtempSync(join(tmpdir(), 'hasp-bench-'));
	readonly #process: ChildProcess;
	#socket!: WebSocket;
	#asked = 0;
	readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
	#traced: TraceEvent[] = [];
	#traceEnds: () => void = () => undefined;

	private constructor() {
		const program = findChromium();
		if (program === null) throw new Error('Chromium is missing: run `npm test`');
		const flags = ['--headless=new', '--no-sandbox', '--no-first-run', '--remote-debugging-port=0'];
		flags.push('--disable-background-networking', '--disable-component-update');
		this.#process = spawn(program, [...flags, `--user-data-dir=${this.#folder}`, 'about:blank'], {
			stdio: 'ignore'
		});
	}

	static async launch(): Promise<Unwatched> {
		const browser = new Unwatched();
		const file = join(browser.#folder, 'DevToolsActivePort');
		const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
		while (lines().length < 2) await sleep(50);
		const [port, path] = lines();
		const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
		socket.addEventListener('message', ({ data }) => browser.#hear(String(data)));
		await new Promise((done, fail) => {
			socket.addEventListener('open', done);
			socket.addEventListener('error', fail);
		});
		browser.#socket = socket;
		return browser;
	}

	async close(): Promise<void> {
		const gone = new Promise((done) => this.#process.once('exit', done));
		this.#process.kill();
		await gone;
		rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
	}

	/** A new tab of a phone's size. */
	async tab(): Promise<Tab> {
		const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
		const id = String(targetId);
		const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
		const tab = {
			id,
			send: (method: string, params: object = {}) => this.#send(method, params, String(sessionId))
		};
		const size = { width: 412, height: 915, deviceScaleFactor: 1, mobile: false };
		await tab.send('Emulation.setDeviceMetricsOverride', size);
		return tab;
	}

	async shut({ id }: Tab): Promise<void> {
		await this.#send('Target.closeTarget', { targetId: id });
	}

	/** What the title of a tab says, without a word to the tab. */
	async titleOf({ id }: Tab): Promise<string> {
		const { targetInfos } = await this.#send('Target.getTargets');
		const all = targetInfos as { targetId: string; title: string }[];
		return all.find(({ targetId }) => targetId === id)?.title ?? '';
	}

	/** The tasks of all threads while `work` runs. */
	async trace(work: () => Promise<unknown>): Promise<TraceEvent[]> {
		this.#traced = [];
		const includedCategories = ['toplevel', 'blink.user_timing'];
		const traceConfig = { includedCategories, excludedCategories: ['*'] };
		await this.#send('Tracing.start', { transferMode: 'ReportEvents', traceConfig });
		await work();
		const ended = new Promise<void>((done) => (this.#traceEnds = done));
		await this.#send('Tracing.end');
		await ended;
		return this.#traced;
	}

	#send(method: string, params: object = {}, sessionId?: string): Promise<Reply> {
		const id = ++this.#asked;
		const waiting = Promise.withResolvers<Reply>();
		this.#waiting.set(id, waiting);
		this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
		return waiting.promise;
	}

	#hear(text: string): void {
		const said = JSON.parse(text) as {
			id?: number;
			result?: Reply;
			error?: { message: string };
			method?: string;
			params?: { value?: TraceEvent[] };
		};
		if (said.method === 'Tracing.dataCollected') this.#traced.push(...(said.params?.value ?? []));
		if (said.method === 'Tracing.tracingComplete') this.#traceEnds();
		if (said.id === undefined) return;
		const waiting = this.#waiting.get(said.id);
		this.#waiting.delete(said.id);
		if (said.error) waiting?.reject(new Error(said.error.message));
		else waiting?.resolve(said.result ?? {});
	}
}
