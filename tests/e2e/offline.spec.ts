import type { Page } from '@playwright/test';
import type * as z from 'zod/mini';
import { readFileSync } from 'node:fs';
import type { ActivityReply } from '../../src/lib/api/app/activity.ts';
import type { LockKeysReply } from '../../src/lib/api/app/offline.ts';
import { ask, deskOf, expect, PERSON, test, type Visit } from './fixtures-profile.ts';
import { headline, openButton, openOnce } from './fixtures-lock.ts';
import { equip, keyIs } from './key.ts';
import { look } from './look.ts';
import { filesIn, stored } from './vault.ts';

/** The key on the phone, with every part real: built app, vault, worker, radio, server. */

test.use({ ownServer: true });

/** Moves the phone's clock; the page that stands then starts from it. */
async function setClock({ context, page }: Visit, by: number): Promise<void> {
	await context.clock.setFixedTime(Date.now() + by);
	await page.reload();
	await openButton(page).waitFor();
}

const DAY = 86_400_000;
const button = (page: Page) => page.getByRole('button', { name: /^(Open|Try again) North gate$/ });

test('opens after a restart without network and server, and tells it once', async ({
	phone,
	server
}) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const first = await equip(phone, server);
	await first.close();
	await server.stop();

	const second = await phone.start();
	await second.network('offline');
	await second.page.goto(`/locks/${padlock.mac}`);
	padlock.press();
	await openButton(second.page).click();
	await headline(second.page, 'It’s open');
	expect(padlock.openings).toBe(2);
	// Begun anew, the list has what the lock told this phone, which the server has not heard.
	await second.page.setViewportSize({ width: 390, height: 844 });
	await second.page.goto('/locks');
	await second.page.getByText(/^Open as of \d\d:\d\d$/).waitFor();
	await expect(second.page.locator('.state')).toHaveText(/, by you$/);
	padlock.close();

	await server.start();
	await second.network('online');
	await expect(async () => {
		const { activity } = await ask<z.infer<typeof ActivityReply>>(
			second,
			server,
			'GET',
			'/api/activity?action=unlocked'
		);
		expect(activity).toHaveLength(1);
		expect(activity[0]).toMatchObject({ trackingKey: PERSON.email, unclaimed: false });
	}).toPass({ timeout: 20_000 });
	await second.close();
});

test('a key revoked while the phone is offline opens until the lock has heard of it', async ({
	phone,
	server,
	browser
}) => {
	test.setTimeout(180_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page } = visit;
	const desk = await deskOf(visit, browser, server);
	const manage = async () => desk.goto(`/locks/${padlock.mac}/manage`);
	const row = desk.getByRole('listitem').filter({ hasText: 'Ada' });
	await visit.network('offline');
	await expect(page.getByText('No network')).toBeVisible();
	await expect(page.getByRole('button', { name: /^Ready until/ })).toBeVisible();
	await manage();
	await expect(row.getByText('On the lock')).toBeVisible();
	await row.getByRole('button', { name: 'Revoke the key of Ada' }).click();
	const asked = desk.getByRole('dialog', { name: 'Revoke the key of Ada?' });
	await expect(asked).toContainText('still opens North gate until its next opening with signal');
	await asked.getByRole('button', { name: 'Revoke' }).click();
	await expect(row.getByText('Revoked, still opens, waiting for the lock')).toBeVisible();

	await openOnce(page, padlock);
	expect(padlock.openings).toBe(2);
	await manage();
	await expect(row.getByText('Revoked, still opens, waiting for the lock')).toBeVisible();
	await look(desk);

	await visit.network('online');
	await expect.poll(async () => (await stored(visit))?.state).toBe('revoked');
	await openOnce(page, padlock);
	await keyIs(visit, server, padlock.mac, 'off');
	const { keys } = await ask<LockKeysReply>(visit, server, 'GET', `/api/locks/${padlock.mac}/keys`);
	expect(keys[0]!.wipedAt).not.toBeNull();
	expect(padlock.slots).toEqual([]);
	await manage();
	await desk.getByText('1 key off, last 30 days').click();
	await expect(row.getByText(/Proven off the lock today \d\d:\d\d/)).toBeVisible();
	await expect(desk.getByText('still opens')).toHaveCount(1);
	await desk.context().close();

	await visit.network('offline');
	await expect(page.getByText('key revoked')).toBeVisible();
	padlock.press();
	await button(page).click();
	await headline(page, 'Find signal');
	expect(padlock.openings).toBe(3);
	await page.goto('/locks');
	await page.setViewportSize({ width: 390, height: 844 });
	await expect(page.getByRole('link', { name: /You can open 0 of 1/ })).toBeVisible();
	await expect(page.getByRole('button', { name: 'No key for North gate. See why' })).toBeVisible();
	await look(page);
	await visit.close();
});

test('the lock refuses a revoked key that a phone has kept', async ({ phone, server }) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page } = visit;
	// The server no longer tells this phone anything.
	await page.route('**/api/offline/contact', (route) => route.abort());
	const [key] = (await ask<LockKeysReply>(visit, server, 'GET', `/api/locks/${padlock.mac}/keys`))
		.keys;
	await ask(visit, server, 'DELETE', `/api/locks/${padlock.mac}/keys/${key!.slot}`);
	await openOnce(page, padlock);
	await visit.network('offline');
	padlock.press();
	await button(page).click();
	await headline(page, 'The lock refused the key');
	expect(padlock.openings).toBe(2);
	await visit.close();
});

test('a copy of the profile holds no key', async ({ phone, server }) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	await visit.network('offline');
	padlock.press();
	await button(visit.page).click();
	await headline(visit.page, 'It’s open');
	await visit.close();
	const [secret] = padlock.slots;
	expect(secret).toMatch(/^[0-9a-f]{32}$/);
	const key = Buffer.from(secret!, 'hex');
	const shapes = [key, Buffer.from(secret!), Buffer.from(secret!, 'utf16le')].map((shape) =>
		shape.toString('latin1')
	);
	shapes.push(key.toString('base64').replace(/=+$/, ''));
	const files = filesIn(phone.folder);
	expect(files.some((file) => file.includes('IndexedDB'))).toBe(true);
	const found = files.filter((file) => {
		const text = readFileSync(file).toString('latin1');
		return shapes.some((shape) => text.includes(shape) || text.includes(shape.toUpperCase()));
	});
	expect(found).toEqual([]);
});

test('a lease that ends at the door is told, and one contact mends it', async ({
	phone,
	server
}) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page } = visit;
	await visit.network('offline');
	await setClock(visit, 7 * DAY + 60_000);
	padlock.press();
	await button(page).click();
	await headline(page, 'Go online once');
	await expect(page.getByText(/Your key ended (today|\w{3}) \d\d:\d\d\./)).toBeVisible();
	expect(padlock.openings).toBe(1);

	const ended = (await stored(visit))?.notAfter ?? 0;
	await setClock(visit, 0);
	await visit.network('online');
	await expect.poll(async () => (await stored(visit))?.notAfter).toBeGreaterThan(ended);
	await visit.network('offline');
	padlock.press();
	await button(page).click();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(2);
	await visit.close();
});

for (const [way, by, words] of [
	['ahead', 3650 * DAY, /Your key ended/],
	['back', -3650 * DAY, /This phone’s clock moved back/]
] as const)
	test(`a clock that is set ${way} ten years opens nothing without network`, async ({
		phone,
		server
	}) => {
		test.setTimeout(90_000);
		const { padlock } = phone;
		const visit = await equip(phone, server);
		const { page } = visit;
		await visit.network('offline');
		await setClock(visit, by);
		padlock.press();
		await button(page).click();
		await headline(page, 'Go online once');
		await expect(page.getByText(words)).toBeVisible();
		await setClock(visit, way === 'ahead' ? 0 : by);
		await button(page).click();
		await headline(page, 'Go online once');
		await expect(page.getByText('This phone’s clock moved back.')).toBeVisible();
		expect(padlock.openings).toBe(1);
		await visit.close();
	});

test('keys that Chrome removed are noticed, and fetched anew', async ({ phone, server }) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page } = visit;
	await visit.network('offline');
	await page.evaluate(
		() =>
			new Promise((resolve, reject) => {
				const gone = indexedDB.deleteDatabase('hasp');
				gone.onsuccess = resolve;
				gone.onerror = reject;
			})
	);
	padlock.press();
	await button(page).click();
	await headline(page, 'Go online once');
	await expect(page.getByText('Chrome removed your keys.')).toBeVisible();
	await visit.network('online');
	await expect.poll(async () => (await stored(visit))?.state).toBe('on-lock');
	await visit.network('offline');
	padlock.press();
	await button(page).click();
	await headline(page, 'It’s open');
	await visit.close();
});
