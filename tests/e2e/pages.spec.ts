import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test as base } from './fixtures.ts';

/** Every page of the app, at the sizes and in the colours that people see it in, as axe sees it. */

const PERSON = {
	name: 'Ada Lindqvist',
	email: 'ada@example.org',
	password: 'correct horse battery'
};
const MAC = 'F1:E2:D3:C4:B5:A6';

interface Fixtures {
	/** Asks the server as whoever is signed in on the page. */
	post: (path: string, data: object) => Promise<unknown>;
	/** A company with an owner who is signed in, and one lock. */
	company: undefined;
}

const test = base.extend<Fixtures>({
	post: async ({ page, server }, use) => {
		await use(async (path, data) => {
			const response = await page.request.post(path, { data, headers: { origin: server.url } });
			expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
			return response.json();
		});
	},
	company: async ({ post }, use) => {
		await post('/api/auth/sign-up/email', PERSON);
		await post('/api/companies', { name: 'Northbank Water' });
		await post('/api/locks', {
			mac: MAC,
			hardwareType: '4I',
			name: 'Pump house 3',
			place: 'Millbrook'
		});
		await use(undefined);
	}
});

test.use({ ownServer: true });

/** Looks at a page as it stands: phone and desk, light and dark. */
async function look(page: Page): Promise<void> {
	for (const size of [
		{ width: 390, height: 844 },
		{ width: 1280, height: 800 }
	]) {
		await page.setViewportSize(size);
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
			const { violations } = await new AxeBuilder({ page }).analyze();
			const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
			expect(found, `${page.url()} ${colorScheme} ${size.width}`).toEqual([]);
		}
	}
	// Nothing is cut off where the screen is as narrow as a zoomed one.
	await page.setViewportSize({ width: 320, height: 640 });
	await expect
		.poll(() => page.evaluate(() => document.documentElement.scrollWidth), {
			message: `${page.url()} at 320 px`
		})
		.toBeLessThanOrEqual(320);
}

const OUTSIDE = ['/', '/sign-up', '/sign-in', '/invitation#unknown', '/use-chrome', '/nowhere'];

test('axe finds nothing on the pages before signing in', async ({ page }) => {
	test.slow();
	for (const path of OUTSIDE) {
		await page.goto(path);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await look(page);
	}
});

const INSIDE = ['/locks', '/locks/new', '/people', '/people/invite', '/developers', '/activity'];

test('axe finds nothing on the pages of a company', async ({ page, company: _ }) => {
	test.slow();
	for (const path of [...INSIDE, `/locks/${MAC}`, `/locks/${MAC}/manage`]) {
		await page.goto(path);
		await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
		await look(page);
	}
});

test('a fresh server: the virtual padlock opens, by the keyboard alone', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('button', { name: 'Press the button on the virtual padlock' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByText('awake', { exact: true })).toBeVisible();
	await page.getByRole('button', { name: /^Open/ }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('status').filter({ hasText: 'It’s open' })).toBeAttached();
	await look(page);
});

test('a fresh server: somebody sets up a company, and lets a second person in by a link', async ({
	page,
	browser,
	server,
	post
}) => {
	await page.goto('/');
	await page.getByRole('link', { name: 'Set up your company' }).click();
	await page.getByLabel('Company').fill('Northbank Water');
	await page.getByLabel('Your name').fill(PERSON.name);
	await page.getByLabel('Email').fill(PERSON.email);
	await page.getByLabel('Password').fill(PERSON.password);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'No locks yet' })).toBeVisible();
	await post('/api/locks', { mac: MAC, hardwareType: '4I', name: 'Pump house 3' });
	await post('/api/locks', { mac: 'F1:E2:D3:C4:B5:A7', hardwareType: '4I', name: 'Depot gate' });
	const { link } = (await post('/api/people/invitations', {
		name: 'Bo',
		role: 'member',
		locks: [MAC]
	})) as { link: string };

	const second = await (await browser.newContext()).newPage();
	await second.goto(link);
	await expect(second.getByText('Northbank Water').first()).toBeVisible();
	await second.getByLabel('Your name').fill('Bo Ek');
	await second.getByLabel('Email').fill('bo@example.org');
	await second.getByLabel('Password').fill('another long password');
	await second.keyboard.press('Enter');
	await expect(second.getByText('Pump house 3')).toBeVisible();
	// Only what was granted.
	await expect(second.getByText('Depot gate')).toHaveCount(0);
	expect((await second.request.get(`${server.url}/api/locks/F1:E2:D3:C4:B5:A7`)).status()).toBe(
		404
	);
	await second.context().close();
});
