import { expect, test } from './fixtures.ts';

test.use({ ownServer: true });

test('the virtual fob of the demo opens the virtual padlock, by the keyboard alone', async ({
	page
}) => {
	const press = async (name: RegExp | string) => {
		await page.getByRole('button', { name }).first().focus();
		await page.keyboard.press('Enter');
	};
	await page.goto('/');
	await press('Press the button on the virtual padlock');
	await expect(page.getByText('awake', { exact: true })).toBeVisible();
	await press(/^Open/);
	await expect(page.getByRole('status').filter({ hasText: 'It’s open' })).toBeAttached();
	await press('Push the shackle of the virtual padlock shut');

	await page.goto('/fobs');
	await press('Take a virtual fob');
	await expect(page.getByRole('heading', { level: 1, name: 'Virtual fob' })).toBeVisible();
	await press('Give it locks');
	const give = page.getByRole('dialog');
	await give.getByRole('checkbox').focus();
	await page.keyboard.press('Space');
	await give.getByRole('button', { name: 'Give', exact: true }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByText('Pending: comes to the fob with its next sync')).toBeVisible();
	await press('Squeeze the virtual fob');
	await press('Sync');
	await expect(page.getByRole('heading', { name: 'Synced' })).toBeVisible();

	// The padlock learns of it by one more opening with signal.
	const lock = page.getByRole('link', { name: 'Virtual padlock' });
	await page.goto(((await lock.getAttribute('href')) ?? '').replace('/manage', ''));
	await press('Press the button under it');
	await press(/^Open/);
	await expect(page.getByRole('heading', { level: 1, name: 'It’s open' })).toBeVisible();
	await page.goto('/fobs');
	await page.getByRole('link', { name: 'Virtual fob' }).click();
	await expect(page.getByText(/^On the lock since/)).toBeVisible();
	await press('Push the padlock shut');
	await press('Press the padlock’s button');
	await press('Squeeze the virtual fob');
	await expect(page.getByRole('status').filter({ hasText: 'Virtual padlock: open' })).toBeVisible();
});
