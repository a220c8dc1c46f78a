import type { Browser, CDPSession } from '@playwright/test';

/** CPU time of one piece of work in a page by the clocks of its threads, in milliseconds. */
export interface Cpu {
	/** The app's functions, with what the browser does when they call it: storage, drawing, the radio. */
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
	/** Microseconds. */
	ts: number;
	dur?: number;
	/** Microseconds of CPU. */
	tdur?: number;
	args?: { name?: string; data?: { url?: string } };
}

/** Milliseconds. The browser looks for microtasks some 200 times an opening where there are none, 3 µs each. */
const EMPTY = 0.006;

/** Where scripts of the app are; what a test runs in the page has no address. */
const OWN = '/_app/immutable/';

/**
 * Runs `work` and tells the CPU time that a page took for it. Other programs on the machine do not count, and
 * nothing looks into the page meanwhile: samples of the stack alone double what a short piece of work takes.
 */
export async function cpuOf(browser: Browser, work: () => Promise<void>): Promise<Cpu> {
	await browser.startTracing(undefined, { categories: ['toplevel', 'devtools.timeline'] });
	await work();
	const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as {
		traceEvents: TraceEvent[];
	};
	const thread = Math.max(...threads(traceEvents, 'CrRendererMain'));
	const workers = threads(traceEvents, 'DedicatedWorker thread').reduce((a, b) => a + b, 0);
	return { called: entries(traceEvents), thread, workers };
}

/** Milliseconds of `work` by samples: in the app's functions with what they call, and of that in themselves. */
export async function sampled(
	page: CDPSession,
	work: () => Promise<void>
): Promise<{ own: number; called: number }> {
	await page.send('Profiler.enable');
	await page.send('Profiler.setSamplingInterval', { interval: 200 });
	await page.send('Profiler.start');
	await work();
	const { profile } = await page.send('Profiler.stop');
	await page.send('Profiler.disable');
	return sum(profile);
}

/**
 * Runs in a page: from now on samples tell what the browser does where one of its properties is read or set.
 * Else they take that for the app's, some seventh of what they count: only a call has a frame of its own.
 */
export function tellProperties(): void {
	const { apply } = Reflect;
	const isNative = (value: unknown) =>
		typeof value === 'function' && String(value).includes('[native code]');
	for (const type of Object.values(Object.getOwnPropertyDescriptors(globalThis))) {
		if (!isNative(type.value)) continue;
		const { prototype } = type.value as { prototype?: object };
		for (const [name, property] of Object.entries(
			Object.getOwnPropertyDescriptors(prototype ?? {})
		)) {
			const { get, set, configurable } = property;
			if (!configurable || !isNative(get ?? set)) continue;
			if (get)
				property.get = function property(this: unknown) {
					return apply(get, this, []) as unknown;
				};
			if (set)
				property.set = function property(this: unknown, value: unknown) {
					apply(set, this, [value]);
				};
			Object.defineProperty(prototype, name, property);
		}
	}
}

/** Milliseconds of CPU in the app's functions and in what waited for a promise; what is in another counts once. */
function entries(events: readonly TraceEvent[]): number {
	const isOwn = ({ name, args }: TraceEvent) =>
		name === 'FunctionCall' && args?.data?.url?.includes(OWN) === true;
	const page = events.find(isOwn);
	let sum = 0;
	let until = 0;
	const all = events
		.filter((one) => one.pid === page?.pid && one.tid === page.tid && one.dur !== undefined)
		.filter((one) => isOwn(one) || one.name.includes('MicrotaskCheckpoint'))
		.sort((a, b) => a.ts - b.ts);
	for (const { ts, dur = 0, tdur = 0 } of all) {
		if (ts < until) continue;
		until = ts + dur;
		if (tdur / 1000 > EMPTY) sum += tdur / 1000;
	}
	return sum;
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

/** Adds up the samples of the app's functions, and of what they called. */
function sum({ nodes, samples = [], timeDeltas = [] }: Profile): { own: number; called: number } {
	const own = new Set<number>();
	const called = new Set<number>();
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const visit = (id: number, above: boolean): void => {
		const { callFrame, children = [] } = byId.get(id)!;
		const isOwn = callFrame.url.includes(OWN);
		if (isOwn) own.add(id);
		if (isOwn || above) called.add(id);
		for (const child of children) visit(child, above || isOwn);
	};
	visit(nodes[0]!.id, false);
	// The time until the next sample belongs to this one.
	const time = (of: Set<number>) =>
		samples.reduce(
			(ms, id, index) => ms + (of.has(id) ? (timeDeltas[index + 1] ?? 0) / 1000 : 0),
			0
		);
	return { own: time(own), called: time(called) };
}
