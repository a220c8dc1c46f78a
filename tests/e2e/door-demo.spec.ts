import { expect, test } from './fixtures.ts';
import { look } from './look.ts';

test.use({ ownServer: true });

test('the virtual door lock of the demo is paired, opens to a passcode with no network, and locks out guesses', async ({
	page,
	context,
	server
}) => {
	const said = page.getByRole('status').filter({ hasText: 'The virtual door lock' });
	await page.goto('/');
	await page.getByRole('button', { name: 'Press the button on the virtual padlock' }).click();
	await expect(page.getByText('awake', { exact: true })).toBeVisible();
	await page.goto('/doors/virtual');
	await expect(said).toHaveText('The virtual door lock: Light off, setting mode.');
	await look(page);
	await page.getByRole('button', { name: /^Pair it/ }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('link', { name: 'Make a passcode' })).toBeVisible();
	await expect(said).toHaveText('The virtual door lock: Light off, locked.');
	await look(page);

	const { doors } = (await (await page.request.get('/api/door-locks')).json()) as {
		doors: [{ id: number }];
	};
	const made = await page.request.post(`/api/door-locks/${doors[0].id}/passcodes`, {
		data: { origin: 'random', kind: 'permanent', name: 'Guest', startDate: Date.now() },
		headers: { origin: server.url }
	});
	expect(made.ok(), await made.text()).toBe(true);
	const { passcode } = (await made.json()) as { passcode: { code: string } };
	const { code } = passcode;

	await page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await context.setOffline(true);
	const keypad = page.getByRole('group', { name: 'Keypad of the virtual door lock' });
	for (const digit of code) await keypad.getByRole('button', { name: digit }).click();
	await keypad.getByRole('button', { name: 'Enter' }).click();
	await expect(said).toHaveText('The virtual door lock: Light green, unlocked.');
	// It locks itself after five seconds.
	await expect(said).toHaveText(/, locked\.$/);

	await keypad.getByRole('button', { name: '1' }).focus();
	for (let wrong = 0; wrong < 5; wrong++) await page.keyboard.type('9137#');
	await expect(said).toHaveText(/its keypad is dead for a while/);
	await page.keyboard.type(`${code}#`);
	await expect(said).toHaveText(/Light red, locked/);
});
