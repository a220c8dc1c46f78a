import type { Page } from '@playwright/test';
import { Chance, runSeed } from '../pair/chance.ts';
import { addToOutbox, cached, kept, outbox } from './stores.ts';
import { deployOf, expect, keepApp, list, LOCKS, offer, test } from './site.ts';

/** The server is deployed again and again while a phone is used without network in between. */

// Snapshots of every step would be half of the work.
test.use({ trace: 'off' });

const DEPLOYS = process.env['HASP_LONG'] === '1' ? 1000 : 100;

/** How often a person agrees to the version that waits; else the next one replaces it there. */
const AGREES = 1 / 3;

/**
 * The app looks for a newer version, when the network returns or as every hour; then it waits. One that was not
 * had whole is looked for again.
 */
const install = (page: Page, when: 'online' | 'hourly'): Promise<void> =>
	page.evaluate(async (when) => {
		const phone = await navigator.serviceWorker.getRegistration();
		const before = phone?.waiting;
		const waits = async () => {
			for (let times = 0; times < 500 && (!phone?.waiting || phone.waiting === before); times++)
				await new Promise((next) => setTimeout(next, 10));
			return phone?.waiting !== before;
		};
		if (when === 'online') dispatchEvent(new Event('online'));
		else await phone?.update();
		for (let looks = 1; !(await waits()); looks++) {
			if (looks === 4)
				throw new Error(`no version waits, ${phone?.installing?.state ?? 'none comes'}`);
			await phone?.update();
		}
	}, when);

test(`${DEPLOYS} versions in the middle of offline use`, async ({ page, context, front }) => {
	test.setTimeout(60_000 + DEPLOYS * 3_000);
	const seed = runSeed();
	const chance = new Chance(seed);
	front.broken.add('/api/uploads');
	await keepApp(page);
	await expect(list(page)).toBeVisible();
	await expect.poll(() => kept(page)).toContain(LOCKS[0]!.name);
	const id = await addToOutbox(page);
	const browser = await context.newCDPSession(page);
	await browser.send('ServiceWorker.enable');
	let starts = 0;
	let drawnBy = 1;
	for (let deploy = 2; deploy <= DEPLOYS; deploy++) {
		front.deploy = deploy;
		// Most deploys change a few files, some all of them.
		front.renames = deploy % 25 === 0;
		const agrees = deploy === DEPLOYS || chance.in(AGREES);
		await install(page, agrees ? 'online' : 'hourly');
		if (!agrees) continue;
		const where = `HASP_SEED=${seed}, deploy ${deploy} after ${drawnBy}`;
		await offer(page).waitFor();
		expect(await deployOf(page), where).toBe(String(drawnBy));
		await context.setOffline(true);
		// As they rest after half a minute; a request under way may start one again at this very moment.
		await browser.send('ServiceWorker.stopAllWorkers');
		await offer(page).click();
		const drawn = page.locator(`html:has(meta[name=deploy][content="${deploy}"])`);
		await drawn.getByRole('link', { name: /North gate/ }).waitFor();
		expect(await outbox(page), where).toEqual([id]);
		await context.setOffline(false);
		drawnBy = deploy;
		starts++;
	}
	expect(starts).toBeGreaterThan(DEPLOYS / 10);
	// Only the last one takes room.
	const shells = (await cached(page)).filter((url) => new URL(url).pathname === '/locks');
	expect(shells).toHaveLength(1);
});
