import { expect, type Page } from '@playwright/test';
import { test as base } from './fixtures-radio.ts';
import { AppServer } from './fixtures-server.ts';
import { Front } from './front.ts';

/** The app behind a front that deploys it, with one company and its two locks. */
export interface Site {
	readonly front: Front;
	readonly server: AppServer;
	/** The owner's cookies. */
	readonly cookies: Parameters<import('@playwright/test').BrowserContext['addCookies']>[0];
}

export const LOCKS = [
	{ mac: 'F1:E2:D3:C4:B5:01', hardwareType: '4I', name: 'North gate' },
	{ mac: 'F1:E2:D3:C4:B5:02', hardwareType: '4I', name: 'Pump house' }
];
export const PERSON = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' };

/** Playwright's test with the built app behind a front; every context is signed in as the owner. */
export const test = base.extend<{ front: Front }, { site: Site }>({
	site: [
		async ({ playwright }, use) => {
			const front = await Front.open();
			const server = await AppServer.launch({ ORIGIN: front.url });
			front.target = server.url;
			const asker = await playwright.request.newContext({
				baseURL: front.url,
				extraHTTPHeaders: { origin: front.url }
			});
			const post = async (path: string, data: object) => {
				const response = await asker.post(path, { data });
				expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
			};
			await post('/api/auth/sign-up/email', PERSON);
			await post('/api/companies', { name: 'Pump works' });
			for (const lock of LOCKS) await post('/api/locks', lock);
			const { cookies } = await asker.storageState();
			await asker.dispose();
			await use({ front, server, cookies });
			await server.dispose();
			await front.close();
		},
		{ scope: 'worker' }
	],
	front: async ({ site }, use) => {
		await site.server.start();
		site.front.reset();
		await use(site.front);
	},
	baseURL: async ({ front }, use) => {
		await use(front.url);
	},
	context: async ({ context, site, front }, use) => {
		await context.addCookies(site.cookies);
		await use(context);
		// No worker of a test before asks for anything meanwhile.
		front.reset();
	}
});

/** Which deploy drew the page. */
export const deployOf = (page: Page): Promise<string | null> =>
	page.locator('meta[name=deploy]').getAttribute('content');

/** Goes to the list and waits until the app is kept whole. */
export async function keepApp(page: Page, path = '/locks'): Promise<void> {
	await page.goto(path);
	await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
		const { serviceWorker } = navigator;
		if (!serviceWorker.controller)
			await new Promise((done) => serviceWorker.addEventListener('controllerchange', done));
	});
}

/** Looks for a newer version, as every hour or when the network returns. */
export const look = (page: Page): Promise<boolean> =>
	page.evaluate(() => dispatchEvent(new Event('online')));

/** The list as it is drawn. */
export const list = (page: Page) => page.getByRole('link', { name: /North gate/ });

export const offer = (page: Page) => page.getByRole('button', { name: 'Use it' });

export { expect };
