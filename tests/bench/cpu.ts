import type { Browser, CDPSession } from '@playwright/test';

/** CPU time of one piece of work in a page, in milliseconds. */
export interface Cpu {
	/** The app's own functions, without what the browser does when they call it. */
	own: number;
	/** The same with what they call: storage, drawing, the radio. */
	called: number;
	/** The whole main thread: also what the browser does by itself, and the test. */
	thread: number;
	/** Worker threads. */
	workers: number;
}

/** As `Profiler.stop` answers. */
interface Profile {
	nodes: { id: number; callFrame: { url: string; functionName: string }; children?: number[] }[];
	samples?: number[];
	timeDeltas?: number[];
}

interface TraceEvent {
	name: string;
	pid: number;
	tid: number;
	/** Microseconds of CPU. */
	tdur?: number;
	args?: { name?: string };
}

/** Where scripts of the app are; what a test runs in the page has no address. */
const OWN = '/_app/immutable/';

/**
 * Runs `work` and tells the CPU time that a page took for it. How much it was the clocks of its threads
 * say, so that other programs on the machine do not count; whose it was, samples of the stack.
 */
export async function cpuOf(
	browser: Browser,
	page: CDPSession,
	work: () => Promise<void>
): Promise<Cpu> {
	await page.send('Profiler.enable');
	await page.send('Profiler.setSamplingInterval', { interval: 500 });
	await browser.startTracing(undefined, { categories: ['toplevel'] });
	await page.send('Profiler.start');
	await work();
	const { profile } = await page.send('Profiler.stop');
	const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as {
		traceEvents: TraceEvent[];
	};
	const thread = Math.max(...threads(traceEvents, 'CrRendererMain'));
	const workers = threads(traceEvents, 'DedicatedWorker thread').reduce((a, b) => a + b, 0);
	const { own, called } = shares(profile);
	return { own: own * thread, called: called * thread, thread, workers };
}

/** Milliseconds of CPU of every thread of this name. */
function threads(events: readonly TraceEvent[], name: string): number[] {
	const times = new Map<string, number>();
	const of = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
	for (const event of events)
		if (event.name === 'thread_name' && event.args?.name === name) times.set(of(event), 0);
	for (const event of events) {
		const before = times.get(of(event));
		if (before === undefined || !event.name.endsWith('::RunTask')) continue;
		times.set(of(event), before + (event.tdur ?? 0) / 1000);
	}
	return [...times.values()];
}

/** Which parts of the time that was not idle the app took. */
function shares({ nodes, samples = [], timeDeltas = [] }: Profile): {
	own: number;
	called: number;
} {
	const kinds = new Map<number, 'idle' | 'own' | 'called' | 'other'>();
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const visit = (id: number, above: boolean): void => {
		const { callFrame, children = [] } = byId.get(id)!;
		const own = callFrame.url.includes(OWN);
		const idle = callFrame.functionName === '(idle)';
		kinds.set(id, idle ? 'idle' : own ? 'own' : above ? 'called' : 'other');
		for (const child of children) visit(child, above || own);
	};
	visit(nodes[0]!.id, false);
	const times = { idle: 0, own: 0, called: 0, other: 0 };
	samples.forEach((id, index) => {
		// The time until the next sample belongs to this one.
		times[kinds.get(id) ?? 'other'] += timeDeltas[index + 1] ?? 0;
	});
	const busy = times.own + times.called + times.other;
	return { own: times.own / busy, called: (times.own + times.called) / busy };
}
