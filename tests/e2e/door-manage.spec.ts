import type { Page } from '@playwright/test';
import { RECORD_ACTION } from '../../src/lib/protocol/ttlock/records.ts';
import { post } from './fixtures-company.ts';
import { expect, test } from './fixtures-door.ts';
import type { AppServer } from './fixtures-server.ts';
import { look } from './look.ts';

/** What a manager does with a door lock that hangs on the emulated radio. */

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });

/** A second person of the company, by its invitation. */
async function invite(page: Page, server: AppServer): Promise<void> {
	const email = `bo-${crypto.randomUUID()}@example.org`;
	const invitation = { name: 'Bo', role: 'member', locks: [] };
	const { link } = await post<{ link: string }>(
		page.request,
		server,
		'/api/people/invitations',
		invitation
	);
	const context = await page.context().browser()!.newContext();
	const second = await context.newPage();
	await second.goto(link);
	await second.getByLabel('Your name').fill('Bo Ek');
	await second.getByLabel('Email').fill(email);
	await second.getByLabel('Password').fill('another long password');
	await second.keyboard.press('Enter');
	await second.waitForURL('**/locks');
	await context.close();
}

test('a manager sends an eKey, freezes it, thaws it, changes when it holds, and deletes it', async ({
	page,
	server,
	door: { id }
}) => {
	test.slow();
	await invite(page, server);
	await page.goto(`/doors/${id}/manage`);
	await page.getByRole('link', { name: 'Send an eKey' }).click();
	const to = page.getByLabel('To', { exact: true });
	const bo = to.getByRole('option', { name: /^Bo Ek/ }).first();
	await to.selectOption((await bo.getAttribute('value')) ?? '');
	await page.getByLabel('Opens').selectOption('Hours on days of the week');
	await page.getByText('Sat', { exact: true }).click();
	await page.getByLabel('From').fill('07:30');
	await look(page);
	await page.getByRole('button', { name: 'Send it' }).click();

	const row = page.getByRole('listitem').filter({ hasText: 'Bo Ek' });
	await expect(row).toContainText('Mon to Sat 07:30 to 17:00');
	await look(page);
	await row.getByRole('link', { name: 'Bo Ek' }).click();
	await expect(page.getByRole('heading', { name: 'Bo Ek' })).toBeVisible();
	await page.getByRole('button', { name: 'Change when' }).click();
	await page.getByLabel('Opens').selectOption('Always');
	await page.getByRole('button', { name: 'Save' }).click();
	await expect(page.getByText('Opens now')).toBeVisible();
	await look(page);

	await page.getByRole('button', { name: 'Freeze', exact: true }).click();
	const freeze = dialog(page, 'Freeze the eKey of Bo Ek?');
	await expect(freeze).toContainText('the lock itself knows nothing of it');
	await freeze.getByRole('button', { name: 'Freeze' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'It is frozen.' })).toBeVisible();
	await expect(page.getByText('Frozen', { exact: true })).toBeVisible();
	await page.getByRole('button', { name: 'Unfreeze' }).click();
	await expect(page.getByText('Opens now')).toBeVisible();

	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	const remove = dialog(page, 'Delete the eKey of Bo Ek?');
	await look(page);
	await remove.getByRole('button', { name: 'Delete' }).click();
	await expect(page.getByRole('status').filter({ hasText: 'It is deleted.' })).toContainText(
		/has no signal may still open until/
	);
	await look(page);
	await page.getByRole('link', { name: 'Back to the eKeys' }).click();
	await expect(row).toHaveCount(0);
});

test('digits of one’s own are written at the lock, open its keypad, and are taken off', async ({
	page,
	door: { door, air, id },
	chooser
}) => {
	test.slow();
	await chooser.choose(air.address);
	await page.goto(`/doors/${id}/manage/passcodes`);
	await look(page);
	await page.getByRole('link', { name: 'New passcode' }).click();
	await page.getByLabel('For whom').fill('Cleaner');
	await page.getByLabel('Digits').fill('1234');
	await expect(page.getByText('Too easy to guess.')).toBeVisible();
	await page.getByLabel('Digits').fill('258046');
	await page.getByText('Only for a time').click();
	await look(page);
	await page.getByRole('button', { name: 'Make it, then write it' }).click();

	const write = dialog(page, 'Write “Cleaner” to the lock');
	await expect(write).toContainText('Until then North door does not know it.');
	await write.getByRole('button', { name: 'Write it' }).click();
	await expect(write.getByRole('status')).toContainText('The lock has it.');
	await look(page);
	await write.getByRole('button', { name: 'Close' }).click();
	const row = page.getByRole('listitem').filter({ hasText: 'Cleaner' });
	await expect(row).toContainText('On the lock');
	await look(page);
	door.type('258046');
	await expect.poll(() => door.view.bolt).toBe('unlocked');

	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await dialog(page, 'Delete Cleaner?').getByRole('button', { name: 'Delete' }).click();
	const take = dialog(page, 'Take “Cleaner” off the lock');
	await expect(row).toContainText('Deleted, still opens');
	await take.getByRole('button', { name: 'Take it off' }).click();
	await expect(take.getByRole('status')).toContainText('The lock has taken it off.');
	await take.getByRole('button', { name: 'Close' }).click();
	await expect(page.getByRole('heading', { name: 'No passcodes' })).toBeVisible();
	door.type('258046');
	await expect.poll(() => door.log.at(-1)).toBe(RECORD_ACTION.wrongPasscode);
});

test('a random passcode opens the keypad of a lock that was never told of it', async ({
	page,
	door: { door, id }
}) => {
	await page.goto(`/doors/${id}/manage/passcodes/new`);
	await page.getByLabel('For whom').fill('Guest');
	await page.getByLabel('Kind').selectOption('Random, from and to');
	const now = new Date();
	// At the hour of its start it would end as such codes do.
	const hour = (now.getHours() + 5) % 24;
	const later = new Date(now.getFullYear() + 1, now.getMonth() + 2, now.getDate(), hour, 30);
	const text = new Date(later.getTime() - later.getTimezoneOffset() * 60_000).toISOString();
	await page.getByLabel('To', { exact: true }).fill(text.slice(0, 16));
	await expect(page.getByText('Over a year only whole months count')).toBeVisible();
	await page.getByRole('button', { name: 'Take that end' }).click();
	await expect(page.getByText(/Must be used before .* the first time/)).toBeVisible();
	await page.getByRole('button', { name: 'Make it', exact: true }).click();
	const plate = page.getByRole('region', { name: 'Guest' });
	const code = (await plate.getByText(/^\d{8,9}$/).textContent()) ?? '';
	door.type(code);
	await expect.poll(() => door.view.bolt).toBe('unlocked');
});

test('the lock is asked, set and read at the lock, by the keyboard alone', async ({
	page,
	door: { door, air, id },
	chooser
}) => {
	test.slow();
	await chooser.choose(air.address);
	await page.goto(`/doors/${id}/manage/settings`);
	await look(page);
	const press = async (name: string, inside: ReturnType<typeof dialog> | Page = page) => {
		await inside.getByRole('button', { name, exact: true }).focus();
		await page.keyboard.press('Enter');
	};
	await press('Ask the lock');
	const ask = dialog(page, 'Ask the lock');
	await press('Ask', ask);
	await expect(ask.getByRole('status')).toContainText('It has told.');
	await expect(ask.getByRole('button', { name: 'Close' })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByText(/its clock was right/)).toBeVisible();

	await page.getByLabel('Seconds').fill('30');
	await page.keyboard.press('Enter');
	const set = dialog(page, 'Set auto-lock');
	await press('Set it', set);
	await expect(set.getByRole('status')).toContainText('It is set.');
	await page.keyboard.press('Escape');
	await expect(page.getByText('It does so after 30 s, as it said last.')).toBeVisible();

	door.turn('unlock');
	await page.goto(`/doors/${id}/manage`);
	await press('Read from the lock');
	const read = dialog(page, 'Read its records');
	await press('Read', read);
	await expect(read.getByRole('status')).toContainText('Read. The list is up to date.');
	await page.keyboard.press('Escape');
	await expect(page.getByText('Opened from inside')).toBeVisible();
	await look(page);
});

test('a lock that is out of reach is told, and another try is offered', async ({
	page,
	door: { door, air, id },
	chooser
}) => {
	await chooser.cancel();
	await page.goto(`/doors/${id}/manage/settings`);
	await page.getByRole('button', { name: 'Set its clock' }).click();
	const set = dialog(page, 'Set its clock');
	await set.getByRole('button', { name: 'Set it' }).click();
	// Nothing was chosen: nothing has happened.
	await expect(set).toContainText('Stand at North door');

	await chooser.choose(air.address);
	door.reset();
	await set.getByRole('button', { name: 'Set it' }).click();
	await expect(set.getByRole('alert')).toContainText('It does not know Hasp');
	await look(page);
});
