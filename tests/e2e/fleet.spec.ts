import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base } from './fixtures.ts';
import { look } from './look.ts';

/** More locks than a phone is given: the server looks through the others. */

const MANY = 1_010;
const PASSWORD = 'correct horse battery';
const EMAIL = 'fleet@example.org';

interface Fixtures {
	/** A company with that many locks, whose owner is signed in. */
	fleet: undefined;
}

const test = base.extend<Fixtures>({
	fleet: async ({ page, server }, use) => {
		const hasp = (words: string[], input = ''): string =>
			execFileSync('npm', ['run', '--silent', 'hasp', '--', ...words], {
				env: { ...process.env, HASP_DATA: server.data, ORIGIN: server.url },
				input,
				encoding: 'utf8'
			});
		const { company } = JSON.parse(hasp(['company', 'add', 'Big yard'])) as {
			company: { id: string };
		};
		const of = ['--company', company.id];
		const file = join(server.data, 'locks.csv');
		const rows = Array.from({ length: MANY }, (_, i) => {
			const mac = `C0000000${i.toString(16).padStart(4, '0')}`;
			return `${mac},${i % 2 === 0 ? '4I' : '2U'},Gate ${String(i).padStart(4, '0')},${i % 9 === 4 ? 'Quay' : 'Yard'}`;
		});
		writeFileSync(file, ['mac,hw,name,place', ...rows].join('\n'));
		hasp(['lock', 'import', file, ...of]);
		const person = ['--email', EMAIL, '--name', 'Ada', '--role', 'owner'];
		hasp(['user', 'add', ...of, ...person], PASSWORD);
		const data = { email: EMAIL, password: PASSWORD };
		const headers = { origin: server.url };
		const signIn = await page.request.post('/api/auth/sign-in/email', { data, headers });
		expect(signIn.ok()).toBe(true);
		await use(undefined);
	}
});

// See the company's fixtures.
test.use({ ownServer: true, serviceWorkers: 'block' });

test('a manager narrows a large fleet by words and facets, and reads on', async ({
	page,
	fleet: _
}) => {
	test.slow();
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto('/locks');
	const count = page.getByRole('status').first();
	const rows = page.getByRole('rowheader');
	await expect(count).toHaveText('1,010 of 1,010 locks');
	await expect(rows).toHaveCount(200);
	await page.getByRole('button', { name: 'Show more' }).click();
	await expect(rows).toHaveCount(400);
	await page.keyboard.press('/');
	await page.keyboard.type('quay');
	await expect(count).toHaveText('112 of 1,010 locks');
	await page.getByLabel('Narrow the list').getByText('U-lock').click();
	await expect(count).toHaveText('56 of 1,010 locks');
	await expect(rows).toHaveCount(56);
	await page.getByRole('searchbox').fill('gate 1009');
	await expect(rows).toHaveText(['Gate 1009']);
	await look(page);
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.getByRole('searchbox').fill('nowhere');
	await page.getByRole('button', { name: 'Clear', exact: true }).click();
	await expect(count).toHaveText('1,010 of 1,010 locks');
});

test('on a phone the search finds what the phone does not have, and so does an invitation', async ({
	page,
	fleet: _
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/locks');
	await expect(page.getByText('This phone has 1,000 of 1,010 locks.')).toBeVisible();
	await page.getByRole('searchbox').fill('1009');
	await page.getByRole('link', { name: /Gate 1009/ }).click();
	await expect(page.getByRole('button', { name: 'Open Gate 1009' })).toBeVisible();
	await page.goto('/people/invite');
	await page.getByRole('searchbox').fill('C0:00:00:00:03:F0');
	await page.getByText('Gate 1008').click();
	await page.getByLabel('Name').fill('Bo');
	await page.getByRole('button', { name: 'Make the link' }).click();
	await expect(page.getByRole('heading', { name: 'Send Bo this link' })).toBeVisible();
	const { invitations } = await (await page.request.get('/api/people')).json();
	expect(invitations[0].locks).toEqual(['C0:00:00:00:03:F0']);
});
