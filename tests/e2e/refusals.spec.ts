import type * as z from 'zod/mini';
import type { CommandsReply } from '../../src/lib/api/app/locks.ts';
import { look } from './look.ts';
import { againButton, expect, headline, openButton, test } from './fixtures-lock.ts';

/** What is refused, and what two people do at once: nothing opens that should not, nothing is lost. */

test('a lock that nobody here knows is told as such, and so is one that was taken away meanwhile', async ({
	page,
	padlock,
	server,
	air: _air
}) => {
	await page.goto('/locks/AA:BB:CC:DD:EE:FF');
	await expect(page.getByText('It was removed, or it is not yours to see.')).toBeVisible();
	await look(page);
	await page.goto(`/locks/${padlock.mac}`);
	await openButton(page).waitFor();
	// The server answers a foreign lock as it answers one that is not there.
	await page.route('**/commands', (route) =>
		route.continue({ url: `${server.url}/api/locks/AA:BB:CC:DD:EE:FF/commands` })
	);
	padlock.press();
	await openButton(page).click();
	await headline(page, 'This lock is not yours');
	// Trying again would change nothing.
	await expect(againButton(page)).toBeHidden();
	expect(padlock.written).toBe(0);
});

test('a lock with another base key refuses, stays as it is, and says so', async ({
	page,
	server,
	padlock,
	air: _air
}) => {
	const stranger = 'F1:E2:D3:C4:B5:EE';
	const baseKey = 'ffeeddccbbaa99887766554433221100';
	const headers = { origin: server.url };
	const data = { mac: stranger, hardwareType: '4I', name: 'Wrong key', baseKey };
	const added = await page.request.post(`${server.url}/api/locks`, { data, headers });
	expect(added.ok()).toBe(true);
	await page.route('**/commands', (route) =>
		route.continue({ url: `${server.url}/api/locks/${stranger}/commands` })
	);
	padlock.press();
	await openButton(page).click();
	await headline(page, 'The lock refused the key');
	expect(padlock.openings).toBe(0);
	expect(padlock.view.setUp).toBe(false);
	await page.unroute('**/commands');
	padlock.press();
	await againButton(page).click();
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(1);
});

test('a server that is slow is waited for, and the person is told', async ({
	page,
	padlock,
	air: _air
}) => {
	await page.route('**/commands', async (route) => {
		const response = await route.fetch();
		await new Promise((resolve) => setTimeout(resolve, 4_500));
		await route.fulfill({ response });
	});
	padlock.press();
	await openButton(page).click();
	await headline(page, 'Still asking');
	await headline(page, 'It’s open');
	expect(padlock.openings).toBe(1);
});

test('two phones set one lock up: whoever comes second opens what the first began', async ({
	page,
	padlock,
	server,
	air
}) => {
	const headers = { origin: server.url };
	const session = '0000040ba7b0d91f7f45ad25698a18375c7e4f16';
	// The other phone asked first, and again, and never delivers what it got.
	for (let times = 0; times < 2; times++) {
		const other = await page.request.post(`${server.url}/api/locks/${padlock.mac}/commands`, {
			data: { session, action: 'unlock' },
			headers
		});
		const { commands } = (await other.json()) as z.infer<typeof CommandsReply>;
		expect(commands.length).toBeGreaterThan(1);
	}
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	expect(padlock.view).toMatchObject({ setUp: true, shackle: 'open' });
	expect(padlock.openings).toBe(1);
	expect(air.peripheral.connections).toBe(1);
	await expect
		.poll(async () => {
			const reply = await page.request.get(`${server.url}/api/locks/${padlock.mac}`);
			return ((await reply.json()) as { lock: { awaitingSetup: boolean } }).lock.awaitingSetup;
		})
		.toBe(false);
});
