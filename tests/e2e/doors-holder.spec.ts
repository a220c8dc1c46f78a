import { backgroundSync, isAsked } from './background.ts';
import { expect, test } from './fixtures-door.ts';
import { headline } from './fixtures-lock.ts';
import { look } from './look.ts';

test.use({ viewport: { width: 390, height: 844 } });

/** A holder at a door lock, with every part real: list, page, vault, worker, radio, server. */

test('a tap in the list opens it, a tap on its page locks it, and its log comes home', async ({
	page,
	door: { door, id },
	chooser
}) => {
	await page.goto('/locks');
	const row = page.getByRole('button', { name: 'Open North door' });
	await row.click();
	await headline(page, 'It’s open');
	await expect(page).toHaveURL(`/doors/${id}`);
	expect(chooser.opened).toBe(1);
	expect(door.view.bolt).toBe('unlocked');
	expect(door.openings).toBe(1);

	// Its log tells seconds: what happens within one has no order.
	await page.waitForTimeout(1_000);
	await page.getByRole('button', { name: 'Lock', exact: true }).click();
	await headline(page, 'Locked');
	expect(door.view.bolt).toBe('locked');
	const records = async () => {
		const answer = await page.request.get(`/api/door-locks/${id}/records`);
		return ((await answer.json()) as { records: { deed: string }[] }).records.map(
			({ deed }) => deed
		);
	};
	await expect.poll(records).toEqual(['locked', 'unlocked']);
	await look(page);
});

test('without network the eKey on the phone opens it, and the server hears of it once', async ({
	page,
	context,
	door: { door, id }
}) => {
	await page.goto(`/doors/${id}`);
	await expect(page.getByText(/^Ready offline/)).toBeVisible();
	await context.setOffline(true);
	await page.getByRole('button', { name: 'Open North door' }).click();
	await headline(page, 'It’s open');
	expect(door.openings).toBe(1);
	await context.setOffline(false);
	await expect(async () => {
		const answer = await page.request.get(`/api/door-locks/${id}/records`);
		const { records } = (await answer.json()) as { records: { deed: string; who: string }[] };
		expect(records).toMatchObject([{ deed: 'unlocked', who: 'Ada' }]);
	}).toPass({ timeout: 15_000 });
});

test.describe('with the app kept', () => {
	test.use({ serviceWorkers: 'allow' });

	test('the server hears of it although Hasp was closed before the network was back', async ({
		page,
		context,
		door: { door, id },
		server
	}) => {
		await page.goto(`/doors/${id}`);
		await expect(page.getByText(/^Ready offline/)).toBeVisible();
		await page.evaluate(async () => void (await navigator.serviceWorker.ready));
		const other = await context.newPage();
		const wake = await backgroundSync(context, other, server.url);
		await page.bringToFront();
		await server.stop();
		await page.getByRole('button', { name: 'Open North door' }).click();
		await headline(page, 'It’s open');
		expect(door.openings).toBe(1);
		await expect.poll(() => isAsked(page)).toBe(true);
		await page.close();
		await server.start();
		const records = async () => {
			const answer = await context.request.get(`${server.url}/api/door-locks/${id}/records`);
			return ((await answer.json()) as { records: object[] }).records;
		};
		expect(await records()).toEqual([]);
		await wake();
		await expect.poll(records).toMatchObject([{ deed: 'unlocked', who: 'Ada' }]);
	});
});
