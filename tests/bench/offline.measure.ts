import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '../e2e/fixtures.ts';
import { headline } from '../e2e/fixtures-lock.ts';
import { RadioPadlock } from '../e2e/lock.ts';
import { keepApp } from '../e2e/site.ts';
import { beginCompany } from './company.ts';
import { cpuOf, sampled, tellProperties, type Cpu } from './cpu.ts';
import { median, p95, ratio } from './figures.ts';

const ROUNDS = 40;
/** One opening is few samples, and its share of them changes much by chance. */
const SAMPLED = 40;
const SLOWDOWN = 4;
const OWN_BUDGET = 15;

test.use({ ownServer: true });

test('tap to open, offline', async ({ page, context, browser, server, lock, network }) => {
	const padlock = new RadioPadlock('F1:E2:D3:C4:B5:01');
	const air = await lock(padlock);
	padlock.on(air);
	await beginCompany(page, server, [{ mac: padlock.mac, hardwareType: '4I', name: 'Bench' }]);
	await keepApp(page, `/locks/${padlock.mac}`);
	const tap = async () => {
		padlock.press();
		await page.getByRole('button', { name: 'Open Bench' }).click();
		await headline(page, 'It’s open');
	};
	const shut = async () => {
		padlock.close();
		await headline(page, 'Asleep');
		await expect.poll(() => air.peripheral.linked).toBe(false);
		// The emulation puts the lock back on the air after a link has ended.
		await sleep(500);
	};
	await expect(async () => {
		await tap();
		await shut();
		// The key has come to the lock.
		expect(padlock.slots).toHaveLength(1);
	}).toPass({ timeout: 60_000 });

	await network('offline');
	await server.stop();
	let answered = 0;
	page.on('response', (response) => {
		if (response.url().startsWith(server.url) && !response.fromServiceWorker()) answered++;
	});
	const all: Cpu[] = [];
	for (let round = -1; round < ROUNDS; round++) {
		const cpu = await cpuOf(browser, tap);
		// The first one compiles.
		if (round >= 0) all.push(cpu);
		await shut();
	}
	await page.evaluate(tellProperties);
	const session = await context.newCDPSession(page);
	const sums = { own: 0, called: 0 };
	for (let round = 0; round < SAMPLED; round++) {
		const { own, called } = await sampled(session, tap);
		sums.own += own;
		sums.called += called;
		await shut();
	}
	const share = sums.own / sums.called;
	// Not by Chrome's own slowdown: it lets the thread turn idly, the longer the more the machine has to do.
	const of = (kind: keyof Cpu) => all.map((cpu) => cpu[kind] * SLOWDOWN);
	const own = of('called').map((time) => time * share);
	console.log(`  CPU of ${ROUNDS} openings, times ${SLOWDOWN} for a slower phone, median and p95:`);
	for (const [times, words] of [
		[own, 'our own functions'],
		[of('called'), 'with what they call in the browser'],
		[of('thread'), 'the whole main thread, the measurement included'],
		[of('workers'), 'the worker that uses the key']
	] as const)
		console.log(`    ${words}: ${median(times).toFixed(1)} and ${p95(times).toFixed(1)} ms`);
	console.log(`  requests that reached a server ${answered} (budget 0)`);
	ratio('own CPU at p95', p95(own), OWN_BUDGET, 'ms');
});
