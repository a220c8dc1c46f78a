import { expect, test } from './fixtures.ts';
import { stored } from './stores.ts';

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

test('the virtual padlock opens without network, and its opening is told later', async ({
	page,
	context
}) => {
	const button = page.getByRole('button', { name: 'Press the button on the virtual padlock' });
	const shackle = page.getByRole('button', {
		name: 'Push the shackle of the virtual padlock shut'
	});
	const open = page.getByRole('button', { name: /^Open/ });
	const isOpen = page.getByRole('button', { name: /^It’s open/ });
	const key = async () =>
		(JSON.parse(await stored(page, 'hasp', 'keys')) as { state: string }[])[0]?.state;

	await page.goto('/');
	for (let times = 0; times < 2 && (await key()) !== 'on-lock'; times++) {
		await button.click();
		await open.click();
		await expect(isOpen).toBeVisible();
		await expect.poll(key).toBeDefined();
		await shackle.click();
		await expect(shackle).toBeHidden();
	}
	await expect.poll(key).toBe('on-lock');
	await page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await context.setOffline(true);
	await page.reload();
	await button.click();
	await open.click();
	await expect(isOpen).toBeVisible();
	expect(JSON.parse(await stored(page, 'hasp', 'claims'))).toHaveLength(1);
	await context.setOffline(false);
	await expect.poll(() => stored(page, 'hasp', 'claims')).toBe('[]');
});

test('the virtual padlock opens by a rhythm on its drawn button, with no phone', async ({
	page,
	server
}) => {
	await page.goto('/');
	await page.getByRole('button', { name: 'Press the button on the virtual padlock' }).click();
	await expect(page.getByText('awake', { exact: true })).toBeVisible();
	const { locks } = (await (await page.request.get('/api/locks')).json()) as {
		locks: [{ mac: string }];
	};
	const issued = await page.request.post(`/api/locks/${locks[0].mac}/quick-clicks`, {
		data: { name: 'Me', code: '010', uses: 2 },
		headers: { origin: server.url }
	});
	expect(issued.ok()).toBe(true);
	await page.goto(`/locks/${locks[0].mac}`);
	const button = page.getByRole('button', { name: 'Press the button under it' });
	await button.click();
	await page.getByRole('button', { name: 'Open Virtual padlock' }).click();
	await expect(page.getByText('Virtual padlock: light green, open')).toBeVisible();
	await page.getByRole('button', { name: 'Push its shackle home' }).click();
	await expect(page.getByText('It reported closed')).toBeVisible();
	await button.focus();
	await page.keyboard.press('Space', { delay: 20 });
	await page.keyboard.down('Space');
	await expect(page.getByText('Virtual padlock: light blue')).toBeVisible();
	await page.keyboard.up('Space');
	await page.keyboard.press('Space', { delay: 20 });
	await expect(page.getByText('Virtual padlock: light green, open')).toBeVisible();
});
