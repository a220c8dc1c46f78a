import { expect, test } from './fixtures.ts';

/** From the first page of a fresh server to an open virtual padlock, without signing up. */

test.use({ ownServer: true });

test('the virtual padlock opens, survives a reload, and opens again', async ({ page }) => {
	const button = page.getByRole('button', { name: 'Press the button on the virtual padlock' });
	const shackle = page.getByRole('button', {
		name: 'Push the shackle of the virtual padlock shut'
	});
	const open = page.getByRole('button', { name: /^Open/ });
	const isOpen = page.getByRole('button', { name: /^It’s open/ });
	const reported = page.waitForResponse((response) => response.url().endsWith('/api/uploads'));

	await page.goto('/');
	await button.click();
	await open.click();
	await expect(isOpen).toBeVisible({ timeout: 15_000 });
	expect(await (await reported).json()).toMatchObject({
		refused: [],
		durable: [expect.any(String)]
	});

	// Its flash is in the browser: the metal stays as it was, the link is gone.
	await page.reload();
	await shackle.click({ timeout: 15_000 });
	await expect(shackle).toBeHidden();
	await button.click();
	await open.click();
	await expect(isOpen).toBeVisible({ timeout: 15_000 });
});
