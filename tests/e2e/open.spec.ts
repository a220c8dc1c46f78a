import { expect, headline, openButton, againButton, openOnce, test } from './fixtures-lock.ts';

/** The whole way of a tap: page, server, radio, a padlock that is set up by its first opening. */

test('first contact sets the lock up and opens it; the second needs no chooser', async ({
	page,
	padlock,
	air,
	chooser
}) => {
	await headline(page, 'New');
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect(page.getByText('Reported', { exact: true })).toBeVisible();
	expect(padlock.view).toMatchObject({ setUp: true, shackle: 'open' });
	padlock.close();
	await headline(page, 'Asleep');
	await expect(page.getByText('It reported closed at')).toBeVisible();

	const before = air.peripheral.operations.length;
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	expect(chooser.opened).toBe(1);
	expect(padlock.openings).toBe(2);
	// One link, one reading; packets without response are no operation that is waited for.
	expect(air.peripheral.operations.slice(before).map((one) => one.split(' ')[0])).toEqual([
		'connect',
		'discover',
		'read',
		'subscribe'
	]);
});

test('lets go of the shackle for a battery change', async ({ page, padlock, air }) => {
	await openOnce(page, padlock);
	expect(air.peripheral.connections).toBe(1);
	padlock.press();
	await page.getByRole('button', { name: 'More about this lock' }).click();
	await page.getByRole('menuitem', { name: 'Take the shackle off' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Unshackle' }).click();
	await headline(page, 'It’s open');
	expect(padlock.view.shackle).toBe('out');
	expect(padlock.openings).toBe(2);
});

test('a double tap opens once', async ({ page, padlock, air }) => {
	// Its second click falls beside Chrome's chooser, which Chrome then closes.
	padlock.press();
	await openButton(page).dblclick();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(1);
	expect(air.peripheral.connections).toBe(1);
	padlock.close();
	await headline(page, 'Asleep');
	// Without a chooser, since the device is known.
	padlock.press();
	await openButton(page).dblclick();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(2);
	expect(air.peripheral.connections).toBe(2);
});

test('a lock that sleeps is waited for', async ({ page, padlock, air }) => {
	padlock.asleep = 'silent';
	padlock.on(air);
	await openButton(page).click();
	await headline(page, 'Connecting');
	padlock.press();
	await headline(page, 'It’s open');
});

test('a lock that sleeps on is told after 20 seconds', async ({ page, padlock, air }) => {
	test.setTimeout(60_000);
	await openButton(page).click();
	await expect(page.getByRole('heading', { name: 'Still asleep' })).toBeVisible({
		timeout: 25_000
	});
	expect(air.peripheral.connections).toBe(0);
	padlock.press();
	await againButton(page).click();
	await headline(page, 'It’s open');
});

test('a chooser that is cancelled changes nothing', async ({ page, padlock, air, chooser }) => {
	await chooser.cancel();
	padlock.press();
	await openButton(page).click();
	// Once more: it may have been closed by the second of two quick taps.
	await expect.poll(() => chooser.opened).toBe(2);
	await expect(openButton(page)).toBeEnabled();
	await headline(page, 'New');
	await chooser.choose(air.address);
	await openButton(page).click();
	await headline(page, 'It’s open');
});
