import type { Page } from '@playwright/test';
import type * as z from 'zod/mini';
import type * as api from '../../src/lib/api/app/locks.ts';
import type { Fate, OnAir } from './air.ts';
import { againButton, expect, headline, openButton, openOnce, test } from './fixtures-lock.ts';

/** What goes wrong on the way of a tap, with every part real: the lock opens at most once for it. */

type LockReply = z.infer<typeof api.LockReply>;
type CommandsReply = z.infer<typeof api.CommandsReply>;

/** What becomes of the next packets, in their order; those after them arrive. */
function fates(air: OnAir, ...told: Fate[]): void {
	air.fate = () => told.shift() ?? 'arrives';
}

/** What becomes of the next packet that opens; all others arrive. */
async function fateOfOpening(page: Page, air: OnAir, fate: Fate): Promise<void> {
	let opening = '';
	await page.route('**/commands', async (route) => {
		const response = await route.fetch();
		const { commands, opensAt } = (await response.json()) as CommandsReply;
		if (opensAt !== null) opening = commands[opensAt]!;
		await route.fulfill({ response });
	});
	air.fate = (packet) => {
		if (Buffer.from(packet).toString('hex') !== opening) return 'arrives';
		air.fate = () => 'arrives';
		return fate;
	};
}

test('a link that drops before the command is made anew, and opens once', async ({
	page,
	padlock,
	air,
	chooser
}) => {
	await openOnce(page, padlock);
	let asked = 0;
	await page.route('**/commands', async (route) => {
		if (++asked > 1) return route.continue();
		await air.drop();
		// The page has given up this request together with the link.
		await route.abort().catch(() => undefined);
	});
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	expect(asked).toBe(2);
	expect(padlock.openings).toBe(2);
	expect(chooser.opened).toBe(1);
});

test('a link that keeps dropping before the command is told, and nothing was sent', async ({
	page,
	padlock,
	air
}) => {
	await openOnce(page, padlock);
	await page.route('**/commands', async (route) => {
		await air.drop();
		// The page has given up this request together with the link.
		await route.abort().catch(() => undefined);
	});
	const { written } = padlock;
	padlock.press();
	await openButton(page).click();
	await headline(page, 'Lost the lock');
	expect(padlock.written).toBe(written);
	await page.unroute('**/commands');
	await againButton(page).click();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(2);
});

test('a command that is lost with the link is not sent again: the lock says that it did not open', async ({
	page,
	padlock,
	air
}) => {
	await openOnce(page, padlock);
	await fateOfOpening(page, air, 'lost-link');
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It did not open');
	expect(padlock.view.shackle).toBe('closed');
	expect(padlock.openings).toBe(1);
	padlock.press();
	await againButton(page).click();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(2);
});

test('an answer that is lost is asked for, and the lock has opened once', async ({
	page,
	padlock,
	air,
	chooser
}) => {
	await openOnce(page, padlock);
	// Its clock counts seconds: within the same one, the opening before could be the one asked for.
	await page.waitForTimeout(1_000);
	await fateOfOpening(page, air, 'lost-answer');
	padlock.press();
	await openButton(page).click();
	await headline(page, 'Pull the shackle to see');
	await headline(page, 'It’s open');
	await expect(page.getByText('Reported', { exact: true })).toBeVisible();
	expect(padlock.openings).toBe(2);
	expect(chooser.opened).toBe(1);
});

for (const [packet, fate] of [
	[0, 'lost-link'],
	[1, 'lost-answer'],
	[2, 'lost-link'],
	[2, 'lost-answer']
] as const) {
	test(`setup survives ${fate} at packet ${packet + 1}, without anyone waiting`, async ({
		page,
		padlock,
		air
	}) => {
		fates(air, ...Array<Fate>(packet).fill('arrives'), fate);
		padlock.press();
		await openButton(page).click();
		await headline(page, 'It’s open');
		expect(padlock.view).toMatchObject({ setUp: true, shackle: 'open' });
		expect(padlock.openings).toBe(1);
	});
}

test('without network nothing opens, and the next tap does', async ({
	page,
	padlock,
	network,
	air: _air
}) => {
	padlock.press();
	await network('offline');
	await openButton(page).click();
	await headline(page, 'Find signal');
	expect(padlock.openings).toBe(0);
	await network('online');
	await againButton(page).click();
	await headline(page, 'It’s open');
});

test('what the lock said while the server was away is sent when it is back', async ({
	page,
	padlock,
	server,
	air
}) => {
	await page.route('**/api/uploads', (route) => route.abort());
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect(page.getByText('Not reported yet')).toBeVisible();
	await page.reload();
	await server.stop();
	await server.start();
	await page.unroute('**/api/uploads');
	await page.goto('/locks');
	const path = `/api/locks/${padlock.mac}`;
	const known = async () => (await (await page.request.get(path)).json()) as LockReply;
	await expect.poll(async () => (await known()).lock.lastOpened).not.toBeNull();
	expect((await known()).lock).toMatchObject({
		awaitingSetup: false,
		lastKnown: { state: 'open' }
	});
	expect(air.peripheral.connections).toBe(1);
});

test('a phone whose storage is full says so, and sends from memory', async ({
	page,
	padlock,
	network,
	air: _air
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await openOnce(page, padlock);
	// Chrome's own quota takes writes as small as these.
	await page.evaluate(() => {
		IDBObjectStore.prototype.put = () => {
			throw new DOMException('full', 'QuotaExceededError');
		};
	});
	await page.route('**/api/uploads', (route) => route.abort());
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect(page.getByText('Keep Hasp open')).toBeVisible();
	await page.getByRole('link', { name: 'Done' }).click();
	await expect(page.getByText('Keep Hasp open until then')).toBeVisible();
	await page.getByRole('link', { name: /of \d+ ready offline/ }).click();
	await expect(page.getByText('they are in memory only')).toBeVisible();
	await page.unroute('**/api/uploads');
	await network('offline');
	await network('online');
	await expect(page.getByText('they are in memory only')).toBeHidden();
});

test('nobody signed in any more: nothing is sent, and the page says what to do', async ({
	page,
	padlock,
	context,
	air: _air
}) => {
	padlock.press();
	await context.clearCookies();
	await openButton(page).click();
	await headline(page, 'Sign in again');
	expect(padlock.written).toBe(0);
});
