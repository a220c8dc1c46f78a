import type { BrowserContext, Page } from '@playwright/test';
import { backgroundSync } from './background.ts';
import { addToOutbox, cached, kept, stored } from './stores.ts';
import { deployOf, expect, keepApp, list, LOCKS, look, offer, PERSON, test } from './site.ts';

/** The app as it is kept on a phone: it starts without network, and a newer one replaces it whole. */

/** Settles when the list was answered and is kept. */
async function keepList(page: Page): Promise<void> {
	await keepApp(page);
	await expect(list(page)).toBeVisible();
	await expect.poll(() => kept(page)).toContain('/api/locks');
}

const agree = (page: Page) => Promise.all([page.waitForEvent('load'), offer(page).click()]);

test('starts on every page without network, and moves between pages', async ({ page, context }) => {
	await keepList(page);
	await context.setOffline(true);
	await page.reload();
	await expect(list(page)).toBeVisible();
	await expect(page.getByText('No network')).toBeVisible();
	await expect(page.getByText(/^As of .* kept on this phone$/)).toBeVisible();
	// A page that was never looked at, by its address and by a link.
	await page.goto(`/locks/${LOCKS[1]!.mac}?from=paper`);
	await expect(page.getByRole('button', { name: 'Open Pump house' })).toBeVisible();
	await page.getByRole('link', { name: 'Back to locks' }).click();
	await expect(list(page)).toBeVisible();
	await page.getByRole('link', { name: 'Activity' }).click();
	await expect(page.getByText('Find signal, then try again.')).toBeVisible();
	await page.goto('/');
	await expect(list(page)).toBeVisible();
	await context.setOffline(false);
	await page.goto('/activity');
	await expect(page.getByText('No activity yet.')).toBeVisible();
});

const NOTICES = [
	['by itself', () => Promise.resolve()],
	['when it is looked at', look]
] as const;
for (const [how, notice] of NOTICES) {
	test(`starts when the server is gone, and asks it again once it is back, ${how}`, async ({
		page,
		site,
		front
	}) => {
		await keepList(page);
		front.kill();
		await site.server.stop();
		await page.goto('/');
		await expect(list(page)).toBeVisible();
		await expect(page.getByText('No network')).toBeVisible();
		await site.server.start();
		front.down = false;
		await notice(page);
		await expect(page.getByText('No network')).toBeHidden({ timeout: 20_000 });
	});
}

test('a newer version waits for the person, then takes every tab', async ({
	page,
	context,
	front
}) => {
	await keepApp(page);
	const other = await context.newPage();
	await other.goto('/activity');
	front.deploy = 2;
	await look(page);
	await expect(offer(page)).toBeVisible();
	await expect(offer(other)).toBeVisible();
	// The old one goes on: its scripts are no longer on the server, not even those not loaded so far.
	await page.reload();
	await expect(offer(page)).toBeVisible();
	expect(await deployOf(page)).toBe('1');
	await page.getByRole('link', { name: 'People' }).click();
	await expect(page.getByRole('heading', { name: 'People' })).toBeVisible();
	const changed = other.waitForEvent('load');
	await agree(page);
	await changed;
	expect([await deployOf(page), await deployOf(other)]).toEqual(['2', '2']);
	await expect(offer(page)).toBeHidden();
	// Nothing of the old one is left, and the new one starts alone.
	expect((await cached(page)).filter((url) => /v1\.(js|css)$/.test(url))).toEqual([]);
	await context.setOffline(true);
	await page.goto('/locks');
	expect(await deployOf(page)).toBe('2');
	await expect(list(page)).toBeVisible();
});

test('no version begins while a tab talks with a lock', async ({ page, context, front }) => {
	await keepApp(page);
	const talking = await context.newPage();
	await talking.goto(`/locks/${LOCKS[0]!.mac}`);
	// The chooser stays open, and with it the conversation.
	await talking.getByRole('button', { name: 'Open North gate' }).click();
	await expect(talking.getByRole('heading', { name: 'Connecting' })).toBeVisible();
	front.deploy = 2;
	await look(page);
	await offer(page).click();
	await expect(page.getByText('It begins when the lock is done.')).toBeVisible();
	await page.waitForTimeout(700);
	expect([await deployOf(page), await deployOf(talking)]).toEqual(['1', '1']);
	const changed = [page, talking].map((tab) => tab.waitForEvent('load'));
	await talking.getByRole('button', { name: 'Stop' }).click();
	await Promise.all(changed);
	expect([await deployOf(page), await deployOf(talking)]).toEqual(['2', '2']);
});

test('a newer version does not wait for what the one before still sends', async ({
	page,
	context,
	front
}) => {
	await keepApp(page);
	await expect(list(page)).toBeVisible();
	front.deploy = 2;
	await look(page);
	await expect(offer(page)).toBeVisible();
	const wake = await backgroundSync(context, page, front.url);
	await addToOutbox(page);
	front.silent.add('/api/me');
	const asked = () => front.asked.filter((path) => path === '/api/me').length;
	const before = asked();
	void wake();
	await expect.poll(asked).toBe(before + 1);
	const begun = Date.now();
	await agree(page);
	// It would wait for its answer for 15 s.
	expect(Date.now() - begun).toBeLessThan(7_000);
	expect(await deployOf(page)).toBe('2');
});

test('the worker gives what it keeps, and rests when an API is asked', async ({
	page,
	context
}) => {
	await keepApp(page);
	const browser = await context.newCDPSession(page);
	await browser.send('ServiceWorker.enable');
	let running = '';
	browser.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
		for (const { runningStatus } of versions) running = runningStatus;
	});
	const ask = (path: string) => page.evaluate(async (path) => (await fetch(path)).status, path);
	await browser.send('ServiceWorker.stopAllWorkers');
	await expect.poll(() => running).toBe('stopped');
	for (const path of ['/api/health', '/core/lock/']) await ask(path);
	// Whoever was woken has said so before the answer came.
	expect(running).toBe('stopped');
	await ask('/manifest.webmanifest');
	expect(running).toBe('running');
});

test('a version that comes in part is not taken; the next that is whole is', async ({
	page,
	context,
	front
}) => {
	await keepList(page);
	const script = () => front.asked.findLast((path) => /nodes\/\d+\..*\.js$/.test(path)) ?? '';
	const missing = script().replace('v1.js', 'v2.js');
	expect(missing).toContain('v2.js');
	const starts = async () => {
		await context.setOffline(true);
		await page.reload();
		await expect(list(page)).toBeVisible();
		expect(await deployOf(page)).toBe('1');
		await context.setOffline(false);
	};
	const installing = () =>
		page.evaluate(async () => {
			const all = await navigator.serviceWorker.getRegistration();
			return [all?.installing, all?.waiting].some((worker) => worker != null);
		});
	// One file does not come.
	front.deploy = 2;
	front.broken.add(missing);
	front.asked.length = 0;
	await look(page);
	await expect.poll(() => front.asked.includes(missing)).toBe(true);
	await expect.poll(installing).toBe(false);
	await starts();
	// All come, but the page is of the deploy after.
	front.broken.clear();
	front.ahead.add('/locks');
	front.asked.length = 0;
	await look(page);
	await expect.poll(() => front.asked.includes('/locks')).toBe(true);
	await expect.poll(installing).toBe(false);
	await expect(offer(page)).toBeHidden();
	await starts();
	front.ahead.clear();
	await look(page);
	await agree(page);
	expect(await deployOf(page)).toBe('2');
});

test('no answer of the API is in a cache, and signing out leaves only the app', async ({
	page,
	context,
	front
}) => {
	await signInAnew(context, front.url);
	await keepList(page);
	await page.goto('/activity');
	await page.goto('/people');
	const urls = await cached(page);
	expect(urls.some((url) => new URL(url).pathname === '/locks')).toBe(true);
	expect(urls.filter((url) => /^\/(api|core|sifely)/.test(new URL(url).pathname))).toEqual([]);
	await page.getByRole('button', { name: 'Account' }).click();
	const [answer] = await Promise.all([
		page.waitForResponse('**/api/auth/sign-out'),
		page.waitForEvent('load'),
		page.getByRole('menuitem', { name: 'Sign out' }).click()
	]);
	// The browser drops what it cached by itself; the app that is kept stays.
	expect((await answer.allHeaders())['clear-site-data']).toBe('"cache"');
	expect(await kept(page)).toBe('[]');
	expect(await stored(page, 'hasp', 'keys')).toBe('[]');
	expect(await cached(page)).toEqual(urls);
	await context.setOffline(true);
	await page.goto('/locks');
	await expect(page.getByText('Find signal, then try again.')).toBeVisible();
	await expect(list(page)).toBeHidden();
});

test('signing out without network forgets at once, and ends the session with the next contact', async ({
	page,
	context,
	front
}) => {
	await signInAnew(context, front.url);
	await keepList(page);
	await context.setOffline(true);
	await page.reload();
	await page.getByRole('button', { name: 'Account' }).click();
	await Promise.all([
		page.waitForEvent('load'),
		page.getByRole('menuitem', { name: 'Sign out' }).click()
	]);
	expect(await kept(page)).toBe('[]');
	await context.setOffline(false);
	await page.goto('/locks');
	await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
	expect(await (await context.request.get('/api/me')).json()).toMatchObject({ user: null });
});

/** A session of the test's own, which it may end. */
async function signInAnew(context: BrowserContext, origin: string): Promise<void> {
	await context.clearCookies();
	const { email, password } = PERSON;
	const response = await context.request.post('/api/auth/sign-in/email', {
		data: { email, password },
		headers: { origin }
	});
	expect(response.ok(), await response.text()).toBe(true);
}
