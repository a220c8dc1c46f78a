import type { Page } from '@playwright/test';
import { expect, headline, openButton, test } from './fixtures-lock.ts';
import type { RadioPadlock } from './lock.ts';
import { look } from './look.ts';

/** Quick clicks and explicit lock: issued in the app, carried by an opening, kept by the lock itself. */

const row = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name });
const manage = (mac: string, what: string) => `/locks/${mac}/manage/${what}`;

/** Opens it with signal, and waits until the server has what the lock said. */
async function visit(page: Page, padlock: RadioPadlock): Promise<void> {
	await page.goto(`/locks/${padlock.mac}`);
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect(page.getByText('Reported', { exact: true })).toBeVisible();
	padlock.close();
	await headline(page, 'Asleep');
}

/** Plays what is in the studio and practises it, by the keyboard alone. */
async function learn(page: Page): Promise<void> {
	const studio = page.getByRole('region', { name: 'Night crew' });
	await studio.getByRole('button', { name: 'Play' }).focus();
	await page.keyboard.press('Enter');
	const lamp = studio.locator('[data-lamp]');
	await expect.poll(() => lamp.getAttribute('data-lamp'), { intervals: [50] }).toBe('long');
	await expect(studio.getByRole('button', { name: 'Stop' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(lamp).toHaveAttribute('data-lamp', 'off');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await expect(studio.getByRole('button', { name: 'Press' })).toBeFocused();
	for (const held of [20, 500, 20, 20]) await page.keyboard.press('Space', { delay: held });
	await expect(studio.getByRole('status')).toHaveText('That is it. The lock would open.');
}

test('a rhythm opens the lock with no phone, counts down, and ends when the lock has proven it', async ({
	page,
	padlock,
	air
}) => {
	test.slow();
	const { mac } = padlock;
	await page.goto(manage(mac, 'quick-clicks/new'));
	await page.getByLabel('For whom').fill('Night crew');
	await look(page);
	await page.getByLabel('Written').fill('s l s s');
	await page.getByLabel('Openings').fill('3');
	await page.getByRole('button', { name: 'Issue it' }).focus();
	await page.keyboard.press('Enter');
	const code = row(page, 'Night crew');
	await expect(code).toContainText('Waits for the lock');
	await expect(code.getByRole('img', { name: 'short, long, short, short' })).toBeVisible();

	await visit(page, padlock);
	const links = air.peripheral.connections;
	await padlock.enter('0100');
	expect(padlock.view.shackle).toBe('open');
	expect(air.peripheral.connections).toBe(links);
	padlock.close();
	await page.goto(manage(mac, 'quick-clicks'));
	// Nobody has told the server yet.
	await expect(code).toContainText('3 of 3 uses');
	await visit(page, padlock);
	await page.goto(manage(mac, 'quick-clicks'));
	await expect(code).toContainText('On the lock');
	await expect(code).toContainText('2 of 3 uses');
	await look(page);
	await learn(page);

	await page.getByRole('button', { name: 'Revoke' }).focus();
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: 'Revoke Night crew?' });
	await expect(dialog).toContainText(
		'It still opens North gate until its next opening with signal'
	);
	await dialog.getByRole('button', { name: 'Revoke' }).focus();
	await page.keyboard.press('Enter');
	await expect(code).toContainText('Revoked, still opens');
	await padlock.enter('0100');
	expect(padlock.view.shackle).toBe('open');
	padlock.close();
	await visit(page, padlock);
	await page.goto(manage(mac, 'quick-clicks'));
	await page.getByText('1 off, last 30 days').click();
	await expect(code).toContainText('Proven today');
	await page.goto(`/activity?mac=${mac}`);
	await expect(page.getByText('Opened by quick click')).toHaveCount(2);
});

test('with explicit lock the shackle holds when it is engaged from the page', async ({
	page,
	padlock,
	air: _
}) => {
	await page.goto(manage(padlock.mac, 'settings'));
	await page.getByRole('button', { name: 'Switch explicit lock on' }).click();
	await expect(page.getByText('Waits for the lock')).toBeVisible();
	await look(page);
	await page.goto(`/locks/${padlock.mac}`);
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	padlock.close();
	expect(padlock.view).toMatchObject({ shackle: 'closed', engaged: false });
	await page.getByRole('button', { name: 'Engage', exact: true }).click();
	await headline(page, 'Closed');
	expect(padlock.view).toMatchObject({ shackle: 'closed', engaged: true });
	await page.goto(manage(padlock.mac, 'settings'));
	await expect(page.getByText('On the lock')).toBeVisible();
});
