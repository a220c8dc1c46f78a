import { DoorsReply } from '../../src/lib/api/app/doors.ts';
import { expect, test } from './fixtures-door.ts';
import { look } from './look.ts';
import type { Page } from '@playwright/test';

/** The whole way of a pairing: page, radio, a door lock in setting mode, vault, server. */

const choose = (page: Page) => page.getByRole('button', { name: 'Choose the lock' });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 2 });

/** The door locks that the server has, by name. */
async function atServer(page: Page): Promise<string[]> {
	const response = await page.request.get('/api/door-locks');
	return DoorsReply.parse(await response.json()).doors.map(({ name }) => name);
}

async function begin(page: Page, name: string): Promise<void> {
	await page.goto('/locks/new');
	await page.getByRole('link', { name: 'A door lock' }).click();
	await expect(page).toHaveURL(/\/doors\/new$/);
	await page.getByLabel('Name').fill(name);
}

test('a lock in setting mode is paired, and the server has it', async ({ page, newDoor }) => {
	const { door, air } = newDoor;
	await begin(page, 'Front door');
	await look(page);
	await choose(page).click();
	await expect(heading(page, 'Paired')).toBeVisible();
	await look(page);
	expect(door.view.settingMode).toBe(false);
	expect(await atServer(page)).toContain('Front door');
	expect(air.peripheral.connections).toBe(1);
	// Its clock shows the time of this phone.
	const { local, at } = door.view.clock;
	expect(Math.abs(local - at + new Date().getTimezoneOffset() * 60_000)).toBeLessThan(5_000);
	await page.getByRole('link', { name: 'Go to Front door' }).click();
	await expect(page.getByRole('heading', { name: 'Front door', level: 1 })).toBeVisible();
});

test('paired out of the server’s reach it waits on this phone, is told at a sign-out, and goes out by itself', async ({
	page,
	newDoor
}) => {
	await begin(page, 'Back door');
	const path = '**/api/door-locks';
	await page.route(path, (route) =>
		route.request().method() === 'POST' ? route.abort() : route.continue()
	);
	await choose(page).click();
	await expect(heading(page, 'Paired, waits for the network')).toBeVisible();
	expect(newDoor.door.view.settingMode).toBe(false);
	await look(page);
	await page.getByRole('button', { name: 'Add another' }).click();
	await expect(heading(page, 'Not on the server yet')).toBeVisible();
	await look(page);

	await page.getByRole('button', { name: /^(Account|Menu)$/ }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	const dialog = page.getByRole('dialog', { name: 'A lock is not on the server yet' });
	await expect(dialog).toBeVisible();
	await look(page);
	await dialog.getByRole('button', { name: 'Stay' }).click();
	await expect(dialog).toBeHidden();

	await page.getByRole('link', { name: 'Locks' }).first().click();
	const line = page.getByRole('link', { name: 'Back door: Paired, waits for the network' });
	await expect(line).toBeVisible();
	await look(page);
	await page.unroute(path);
	await expect(line).toBeHidden({ timeout: 15_000 });
	await expect(page.getByText('Back door').first()).toBeVisible();
	expect(await atServer(page)).toContain('Back door');
});

test('cut half-way it says so, survives a reload, and goes on', async ({ page, newDoor }) => {
	const { door, air } = newDoor;
	await begin(page, 'Side door');
	// As soon as it has an owner nothing comes back any more.
	air.fate = () => (door.view.settingMode ? 'arrives' : 'lost-answer');
	await choose(page).click();
	await expect(heading(page, 'Cut half-way')).toBeVisible({ timeout: 30_000 });
	expect(door.view.settingMode).toBe(false);
	await look(page);
	await page.reload();
	await expect(page.getByText('Cut half-way: it is yours')).toBeVisible();
	await look(page);
	air.fate = () => 'arrives';
	await page.getByRole('button', { name: 'Go on: Side door' }).click();
	await expect(heading(page, 'Paired')).toBeVisible();
	expect(await atServer(page)).toContain('Side door');
});

test('a lock of somebody else is told as such, and paired once it was reset', async ({
	page,
	newDoor
}) => {
	const { door } = newDoor;
	door.paired();
	await begin(page, 'Store');
	await choose(page).click();
	await expect(heading(page, 'It has an owner')).toBeVisible();
	await look(page);
	door.reset();
	await page.getByRole('button', { name: 'Try again' }).click();
	await expect(heading(page, 'Paired')).toBeVisible();
	expect(await atServer(page)).toContain('Store');
});

test('the keyboard alone pairs a lock', async ({ page, newDoor: _ }) => {
	await begin(page, 'Cellar');
	await page.keyboard.press('Tab');
	await expect(choose(page)).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(heading(page, 'Paired')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Go to Cellar' })).toBeFocused();
});
