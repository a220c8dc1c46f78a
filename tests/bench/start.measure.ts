import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '../e2e/fixtures.ts';
import type { AppServer } from '../e2e/fixtures-server.ts';
import { median, ratio } from './figures.ts';
import { Unwatched, type Tab } from './unwatched.ts';

const ROUNDS = 15;
const CPU_ROUNDS = 7;
const SLOWDOWN = 4;
const BUDGET = 1000;
const LOCKS = 20;
/** Milliseconds in which a new tab of the browser itself has come to rest. */
const RESTED = 1_000;

test.use({ ownServer: true });

test('start, offline', async ({ server }) => {
	const browser = await Unwatched.launch();
	try {
		await keep(browser, server);
		await server.stop();
		const times: number[] = [];
		for (let round = 0; round < ROUNDS; round++) {
			const tab = await asleep(browser, server, SLOWDOWN);
			times.push(await start(browser, server, tab));
			await browser.shut(tab);
		}
		const cpu: number[] = [];
		for (let round = 0; round < CPU_ROUNDS; round++) cpu.push(await startCpu(browser, server));
		console.log(
			`  main thread ${median(cpu).toFixed(0)} ms of CPU by its own clock, without slowdown, median`
		);
		console.log(
			`  of ${ROUNDS} starts the quickest ${Math.min(...times).toFixed(0)}, the slowest ${Math.max(...times).toFixed(0)} ms`
		);
		ratio(
			`offline start to a list of ${LOCKS}, ${SLOWDOWN}× slowdown, median`,
			median(times),
			BUDGET,
			'ms'
		);
	} finally {
		await browser.close();
	}
});

/** Signs a person up with their locks, and leaves the app kept, with its list. */
async function keep(browser: Unwatched, { url }: AppServer): Promise<void> {
	const tab = await browser.tab();
	const say = async (expression: string) => {
		const params = { expression, awaitPromise: true, returnByValue: true };
		const { result } = await tab.send('Runtime.evaluate', params);
		return (result as { value?: unknown }).value;
	};
	await tab.send('Page.navigate', { url: `${url}/api/health` });
	await expect.poll(() => say('location.href')).toContain('/api/health');
	const made = await say(`(async () => {
		const post = async (path, body) => {
			const headers = { 'content-type': 'application/json' };
			const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
			if (!reply.ok) throw new Error(path);
		};
		const password = 'correct horse battery';
		await post('/api/auth/sign-up/email', { name: 'Ada', email: 'ada@example.org', password });
		await post('/api/companies', { name: 'Bench' });
		for (let i = 1; i <= ${LOCKS}; i++) {
			const mac = 'F1:E2:D3:C4:B5:' + (i + 15).toString(16).toUpperCase();
			await post('/api/locks', { mac, hardwareType: '4I', name: 'Gate ' + i });
		}
		return 'made';
	})()`);
	expect(made).toBe('made');
	await tab.send('Page.navigate', { url: `${url}/locks` });
	const kept = `!!navigator.serviceWorker.controller && ${drawn} && (await caches.keys()).length > 0`;
	await expect.poll(() => say(`(async () => ${kept})()`)).toBe(true);
	// As whoever looked at it once: this visit comes out of what is kept.
	await tab.send('Page.navigate', { url: `${url}/locks` });
	await expect.poll(() => say(drawn)).toBe(true);
	await sleep(RESTED);
	await browser.shut(tab);
}

/** Whether every lock has its button. */
const drawn = `document.querySelectorAll('li button').length >= ${LOCKS}`;

/** A new tab, no worker awake; its title will tell when the list is drawn. */
async function asleep(browser: Unwatched, { url }: AppServer, slowdown: number): Promise<Tab> {
	const tab = await browser.tab();
	await tab.send('ServiceWorker.enable');
	await tab.send('ServiceWorker.stopAllWorkers');
	await tab.send('ServiceWorker.disable');
	await tab.send('Page.enable');
	await tab.send('Page.addScriptToEvaluateOnNewDocument', {
		source: `if (location.origin === '${url}') {
			const watch = new MutationObserver(() => {
				if (!(${drawn})) return;
				watch.disconnect();
				requestAnimationFrame(() => {
					performance.mark('drawn');
					document.title = 'drawn ' + performance.now();
				});
			});
			watch.observe(document, { childList: true, subtree: true });
		}`
	});
	await tab.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
	await sleep(RESTED);
	return tab;
}

/** Milliseconds from the navigation to the frame that shows every lock and its button. */
async function start(browser: Unwatched, { url }: AppServer, tab: Tab): Promise<number> {
	void tab.send('Page.navigate', { url: `${url}/locks` });
	let title = '';
	await expect
		.poll(async () => (title = await browser.titleOf(tab)), { intervals: [100] })
		.toMatch(/^drawn /);
	return Number(title.split(' ')[1]);
}

/** Milliseconds of CPU of the page's main thread until then. */
async function startCpu(browser: Unwatched, server: AppServer): Promise<number> {
	const tab = await asleep(browser, server, 1);
	const events = await browser.trace(() => start(browser, server, tab));
	await browser.shut(tab);
	const mark = events.find(({ name }) => name === 'drawn');
	expect(mark).toBeDefined();
	const { pid, tid, ts } = mark!;
	return events
		.filter((one) => one.pid === pid && one.tid === tid && one.ts <= ts)
		.filter(({ name }) => name.endsWith('::RunTask'))
		.reduce((sum, { tdur = 0 }) => sum + tdur / 1000, 0);
}
