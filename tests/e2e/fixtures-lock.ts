import type { Page } from '@playwright/test';
import type { OnAir } from './air.ts';
import { expect, post, test as base } from './fixtures-company.ts';
import { RadioPadlock } from './lock.ts';

interface Fixtures {
	/** A padlock out of the box, asleep, in the hands of its owner. */
	padlock: RadioPadlock;
	/** The same on the air, and its page open. */
	air: OnAir;
}

let macs = 0;

/** Playwright's test with a company; each test brings a padlock of its own. */
export const test = base.extend<Fixtures>({
	padlock: async ({}, use) => {
		const tail = (++macs).toString(16).padStart(2, '0').toUpperCase();
		const padlock = new RadioPadlock(`F1:E2:D3:C4:B5:${tail}`);
		await use(padlock);
		padlock.end();
	},
	air: async ({ page, context, company, server, lock, padlock }, use) => {
		const air = await lock(padlock);
		padlock.on(air);
		await context.addCookies(company.cookies);
		const { mac, hardwareType } = padlock;
		await post(page.request, server, '/api/locks', { mac, hardwareType, name: 'North gate' });
		await page.goto(`/locks/${mac}`);
		await openButton(page).waitFor();
		await use(air);
	}
});

export { expect };

export const openButton = (page: Page) => page.getByRole('button', { name: 'Open North gate' });
export const againButton = (page: Page) =>
	page.getByRole('button', { name: 'Try again North gate' });

/** Waits for what the page of the lock says; the longest wait of the app itself is six seconds. */
export async function headline(page: Page, words: string, timeout = 15_000): Promise<void> {
	await expect(page.getByRole('heading', { level: 1, name: words })).toBeVisible({ timeout });
}

/** Opens it without a fault and shuts it again: it is set up, asleep, and its device is known. */
export async function openOnce(page: Page, padlock: RadioPadlock): Promise<void> {
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	padlock.close();
	await headline(page, 'Asleep');
}
