import type { ActivityReply } from '../../src/lib/api/app/activity.ts';
import { backgroundSync, isAsked } from './background.ts';
import { headline, openButton } from './fixtures-lock.ts';
import { ask, expect, PERSON, test, type Visit } from './fixtures-profile.ts';
import type { AppServer } from './fixtures-server.ts';
import { equip } from './key.ts';
import { look } from './look.ts';

/** What locks said below ground, and what becomes of it where nobody has Hasp open, or the server refuses it. */

test.use({ ownServer: true });

async function openings(visit: Visit, server: AppServer): Promise<ActivityReply['activity']> {
	const path = '/api/activity?action=unlocked';
	return (await ask<ActivityReply>(visit, server, 'GET', path)).activity;
}

test('what a lock said below ground is sent although no page is open', async ({
	phone,
	server
}) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page, context } = visit;
	expect(await isAsked(page)).toBe(false);
	await server.stop();
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect.poll(() => isAsked(page)).toBe(true);
	const wake = await backgroundSync(context, context.pages()[0]!, server.url);
	await page.close();

	await server.start();
	expect(await openings(visit, server)).toEqual([]);
	await wake();
	await expect.poll(async () => (await openings(visit, server)).length).toBe(1);
	const [opening] = await openings(visit, server);
	expect(opening).toMatchObject({ trackingKey: PERSON.email, unclaimed: false });
	await visit.close();
});

test('what a lock said is reported before a sign-out below ground becomes one', async ({
	phone,
	server,
	playwright
}) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page, context } = visit;
	// The manager looks from elsewhere: this session ends.
	const { email, password } = PERSON;
	const elsewhere = await playwright.request.newContext({ baseURL: server.url });
	const headers = { origin: server.url };
	const known = await elsewhere.post('/api/auth/sign-in/email', {
		data: { email, password },
		headers
	});
	expect(known.ok()).toBe(true);
	await server.stop();
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	padlock.close();
	await headline(page, 'Asleep');
	await page.goto('/locks');
	await page.getByRole('button', { name: 'Account' }).click();
	await page.getByRole('menuitem', { name: 'Sign out' }).click();
	await page.waitForURL('/');
	await server.start();
	await page.reload();
	const told = async () => {
		const answer = await elsewhere.get('/api/activity?action=unlocked');
		return ((await answer.json()) as ActivityReply).activity;
	};
	await expect.poll(async () => (await told()).length).toBe(1);
	expect((await told())[0]).toMatchObject({ trackingKey: PERSON.email, unclaimed: false });
	await expect
		.poll(async () => (await context.request.get(`${server.url}/api/locks`)).status())
		.toBe(401);
	await elsewhere.dispose();
	await visit.close();
});

test('what the server refuses for good stays until it takes it, or the person lets go of it', async ({
	phone,
	server
}) => {
	test.setTimeout(120_000);
	const { padlock } = phone;
	const visit = await equip(phone, server);
	const { page, context } = visit;
	const list = page.getByRole('listitem').filter({ hasText: 'North gate' });
	const openBelow = async () => {
		await page.goto(`/locks/${padlock.mac}`);
		await visit.network('offline');
		padlock.press();
		await openButton(page).click();
		await headline(page, 'It’s open');
		padlock.close();
		await headline(page, 'Asleep');
	};
	// Another company has the lock for a while.
	await context.route('**/api/uploads', (route, request) => {
		const { batches } = request.postDataJSON() as { batches: { id: string }[] };
		const refused = batches.map(({ id }) => ({ id, code: 'not-found' }));
		return route.fulfill({ json: { durable: [], refused } });
	});
	const heading = page.getByRole('heading', { name: 'Not taken by the server' });
	const find = async () => {
		await openBelow();
		await visit.network('online');
		await page.setViewportSize({ width: 390, height: 844 });
		await page.goto('/locks');
		await page.getByRole('link', { name: '1 opening not taken by the server' }).click();
		await expect(heading).toBeVisible();
		await expect(list.getByText('The company has no such lock.')).toBeVisible();
	};
	await find();
	await look(page);
	await page.getByRole('button', { name: 'Delete' }).click();
	const asked = page.getByRole('dialog', { name: 'Delete this opening?' });
	await asked.getByRole('button', { name: 'Delete' }).click();
	await expect(heading).toBeHidden();
	await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
	await expect(page.getByText('Deleted.')).toBeAttached();

	await find();
	await page.getByRole('button', { name: 'Send again' }).click();
	await expect(page.getByText('Not taken again.')).toBeVisible();
	expect(await openings(visit, server)).toEqual([]);

	await context.unroute('**/api/uploads');
	await page.getByRole('button', { name: 'Send again' }).click();
	await expect(heading).toBeHidden();
	await expect.poll(async () => (await openings(visit, server)).length).toBe(1);
	await visit.close();
});
