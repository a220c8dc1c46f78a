import type { Page } from '@playwright/test';
import { expect, openOnce, test } from './fixtures-lock.ts';
import { RadioFob } from './fob.ts';
import type { RadioPadlock } from './lock.ts';
import { look } from './look.ts';

/** A fob with every part real: page, navigator.bluetooth, server; then with no phone at all. */

test('a synced fob opens the lock without a phone, and lost, until the lock is visited', async ({
	page,
	padlock,
	air,
	lock,
	chooser,
	server
}) => {
	test.slow();
	await openOnce(page, padlock);
	// Other tests of this worker have a lock of this name in the same company.
	const place = { place: 'Fob works' };
	const headers = { origin: server.url };
	await page.request.patch(`/api/locks/${padlock.mac}`, { data: place, headers });
	const fob = new RadioFob('C0:FF:EE:00:00:12');
	fob.on(await lock(fob));

	await page.goto('/fobs/new');
	fob.squeeze();
	await page.getByRole('button', { name: 'Choose a fob nearby' }).click();
	await expect(page.getByLabel('MAC')).toHaveValue(fob.mac);
	await page.getByLabel('Name').fill('Fob 12');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { level: 1, name: 'Fob 12' })).toBeVisible();

	await page.getByRole('button', { name: 'Give it locks' }).click();
	const give = page.getByRole('dialog', { name: 'Give Fob 12 locks' });
	await give.getByText('Fob works').click();
	await give.getByRole('button', { name: 'Give', exact: true }).click();
	const row = page.getByRole('listitem').filter({ hasText: 'Fob works' });
	await expect(row).toContainText('Pending: comes to the fob with its next sync');
	await expect(row).toContainText('Waits for the lock: its next opening with signal');

	fob.squeeze();
	await page.getByRole('button', { name: 'Sync' }).click();
	await expect(page.getByRole('heading', { name: 'Synced' })).toBeVisible();
	await expect(row).toContainText('Synced: on the fob since today');
	expect(fob.view).toMatchObject({ setUp: true, locks: [padlock.mac] });
	await look(page);
	// The lock does not know it yet.
	padlock.press();
	expect(await fob.opens(padlock)).toBe(false);
	await visit(page, padlock, () => chooser.choose(air.address));
	padlock.press();
	expect(await fob.opens(padlock)).toBe(true);
	padlock.close();

	await page.goto(`/fobs/${fob.mac}`);
	await page.getByRole('button', { name: 'It is lost' }).click();
	const lost = page.getByRole('dialog', { name: 'Is Fob 12 lost?' });
	await lost.getByRole('button', { name: 'Revoke everything' }).click();
	await expect(page.getByRole('heading', { name: /^Visit this lock/ })).toBeVisible();
	await expect(row).toContainText(/Revoked today \d\d:\d\d, still opens/);
	await page.goto('/debt');
	await expect(
		page.getByRole('heading', { level: 1, name: /revoked rights? still opens?/ })
	).toBeVisible();
	const owed = page.getByRole('row').filter({ hasText: 'Fob 12, lost' });
	await expect(owed).toContainText('Still opens');
	await look(page);
	padlock.press();
	expect(await fob.opens(padlock)).toBe(true);
	padlock.close();

	await visit(page, padlock, () => chooser.choose(air.address));
	await page.goto('/debt');
	const proven = page.getByRole('region', { name: 'Proven in the last 7 days' });
	await expect(proven.getByRole('listitem')).toContainText('Fob 12, fob');
	await expect(owed).toHaveCount(0);
	padlock.press();
	expect(await fob.opens(padlock)).toBe(false);
	await page.goto('/fobs');
	await expect(page.getByRole('listitem').filter({ hasText: 'Fob 12' })).toContainText(
		'Lost since'
	);
	fob.end();
});

/** Somebody opens it with signal: what the lock says is sent from here, or from the next page. */
async function visit(page: Page, padlock: RadioPadlock, choose: () => Promise<void>) {
	await choose();
	await page.goto(`/locks/${padlock.mac}`);
	await openOnce(page, padlock);
}
