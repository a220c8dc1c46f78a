import type { Task, TaskAnswer } from './task.ts';

/** Milliseconds after which a worker that has not answered is given up. */
const WITHIN = 10_000;

/** Does a task where nothing else runs. Never rejects. */
export type Perform = (task: Task) => Promise<TaskAnswer>;

/**
 * How tasks are done in a browser: each in a worker of its own, which ends with its answer.
 * @param trust turns the address of the worker into what the browser takes for one
 */
export function opener(trust: (address: string) => TrustedScriptURL | string): Perform {
	return (task) =>
		new Promise((resolve) => {
			let worker: globalThis.Worker | undefined;
			const end = (answer: TaskAnswer): void => {
				clearTimeout(timer);
				worker?.terminate();
				resolve(answer);
			};
			const fail = (): void => end({ kind: 'failed', storage: 'unavailable' });
			const timer = setTimeout(fail, WITHIN);
			try {
				worker = start(trust);
				worker.addEventListener('message', ({ data }: MessageEvent<TaskAnswer>) => end(data));
				worker.addEventListener('error', fail);
				worker.addEventListener('messageerror', fail);
				worker.postMessage(task);
			} catch {
				fail();
			}
		});
}

function start(trust: (address: string) => TrustedScriptURL | string): globalThis.Worker {
	// The bundler knows a worker by the words `new Worker(new URL(…))`, and Chrome by a trusted address.
	class Worker extends globalThis.Worker {
		constructor(url: URL, options: WorkerOptions) {
			super(trust(url.pathname + url.search) as string, options);
		}
	}
	return new Worker(new URL('./opener.worker.ts', import.meta.url), { type: 'module' });
}
