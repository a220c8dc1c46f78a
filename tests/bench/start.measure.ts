import type { Browser, BrowserContext, Page } from '@playwright/test';
import { expect, test } from '../e2e/fixtures.ts';
import { keepApp } from '../e2e/site.ts';
import { beginCompany } from './company.ts';
import { cpuOf } from './cpu.ts';
import { median, ratio } from './figures.ts';

const ROUNDS = 15;
const CPU_ROUNDS = 7;
const SLOWDOWN = 4;
const BUDGET = 1000;
const LOCKS = Array.from({ length: 20 }, (_, i) => ({
	mac: `F1:E2:D3:C4:B5:${(i + 16).toString(16).toUpperCase()}`,
	hardwareType: '4I',
	name: `Gate ${i + 1}`
}));

test.use({ ownServer: true, viewport: { width: 412, height: 915 } });

test('start, offline', async ({ page, context, browser, server }) => {
	await beginCompany(page, server, LOCKS);
	await keepApp(page);
	await expect(page.getByRole('button', { name: /^Open / })).toHaveCount(LOCKS.length + 1);
	await page.waitForLoadState('networkidle');
	await page.close();
	await context.setOffline(true);
	await server.stop();
	const times: number[] = [];
	for (let round = 0; round < ROUNDS; round++) times.push(await start(context));
	const cpu: number[] = [];
	for (let round = 0; round < CPU_ROUNDS; round++) cpu.push(await startCpu(browser, context));
	console.log(
		`  main thread ${median(cpu).toFixed(0)} ms of CPU by its own clock, without slowdown, median`
	);
	console.log(`  slowest of ${ROUNDS} starts ${Math.max(...times).toFixed(0)} ms`);
	ratio(
		`offline start to a list of ${LOCKS.length}, ${SLOWDOWN}× slowdown, median`,
		median(times),
		BUDGET,
		'ms'
	);
});

/** A new tab, no worker awake. */
async function tab(context: BrowserContext, slowdown: number) {
	const page = await context.newPage();
	const session = await context.newCDPSession(page);
	await session.send('ServiceWorker.enable');
	await session.send('ServiceWorker.stopAllWorkers');
	await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
	await page.addInitScript((locks) => {
		const watch = new MutationObserver(() => {
			if (document.querySelectorAll('li button').length < locks) return;
			watch.disconnect();
			requestAnimationFrame(() => console.log('drawn', performance.now()));
		});
		watch.observe(document, { childList: true, subtree: true });
	}, LOCKS.length);
	return { page, session };
}

/** Milliseconds from the navigation to the frame that shows every lock and its button. */
async function start(context: BrowserContext): Promise<number> {
	const { page } = await tab(context, SLOWDOWN);
	const time = await drawn(page);
	await page.close();
	return time;
}

async function startCpu(browser: Browser, context: BrowserContext): Promise<number> {
	const { page, session } = await tab(context, 1);
	const { thread } = await cpuOf(browser, session, async () => void (await drawn(page)));
	await page.close();
	return thread;
}

async function drawn(page: Page): Promise<number> {
	// Heard, not asked for: the script by which Playwright asks is compiled in the page, and takes a tenth
	// of the start that it is to measure.
	const told = page.waitForEvent('console', (line) => line.text().startsWith('drawn '));
	await page.goto('/locks', { waitUntil: 'commit' });
	return Number((await told).text().split(' ')[1]);
}
