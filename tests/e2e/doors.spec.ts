import { createHash } from 'node:crypto';
import { RECORD_ACTION } from '../../src/lib/protocol/ttlock/records.ts';
import { post } from './fixtures-company.ts';
import { expect, test } from './fixtures-door.ts';
import { look } from './look.ts';

/** Door locks with every part real: pages, navigator.bluetooth, server, open API; then with no phone. */

const HOUR = 3_600_000;

test('a lock in setting mode is paired on its page, and known to the server', async ({
	page,
	newDoor: { door, air },
	chooser
}) => {
	expect(door.view.settingMode).toBe(true);
	await page.goto('/doors/new');
	await page.getByLabel('Name').fill('South door');
	await page.keyboard.press('Enter');
	const known = page.getByRole('link', { name: 'Go to South door' });
	await expect(known).toBeVisible();
	expect(door.view.settingMode).toBe(false);
	expect(chooser.opened).toBe(1);
	expect(air.peripheral.connections).toBe(1);
	await known.click();
	await expect(page.getByRole('heading', { level: 1, name: 'South door' })).toBeVisible();
	const { doors } = (await (await page.request.get('/api/door-locks')).json()) as {
		doors: { mac: string; name: string }[];
	};
	expect(doors).toContainEqual(expect.objectContaining({ mac: door.mac, name: 'South door' }));
	await look(page);
});

test('a passcode of the open API opens the keypad with no phone, and stops when its window ends', async ({
	page,
	door: { door, id },
	server
}) => {
	const app = await post<{ clientId: string; clientSecret: string }>(
		page.request,
		server,
		'/api/sifely-apps',
		{ name: 'Desk' }
	);
	const password = 'correct horse battery';
	const headers = { origin: server.url };
	const data = { password };
	const set = await page.request.put('/api/sifely-account', { data, headers });
	expect(set.ok(), await set.text()).toBe(true);
	const call = async (path: string, form: Record<string, string | number>) => {
		const response = await page.request.post(`/sifely/${path}`, { form, headers });
		return (await response.json()) as Record<string, string>;
	};
	const { access_token } = await call('oauth2/token', {
		...app,
		username: 'ada@example.org',
		password: createHash('md5').update(password).digest('hex')
	});
	const hour = Math.floor(Date.now() / HOUR) * HOUR;
	const made = await call('v3/keyboardPwd/get', {
		clientId: app.clientId,
		accessToken: access_token ?? '',
		date: Date.now(),
		lockId: id,
		keyboardPwdType: 3,
		keyboardPwdName: 'Guest',
		startDate: hour,
		endDate: hour + 3 * HOUR
	});
	const code = made['keyboardPwd'] ?? JSON.stringify(made);

	door.type(code);
	await expect.poll(() => door.view.bolt).toBe('unlocked');
	// It locks itself, and takes the code again while the window lasts.
	door.wait(6_000);
	await expect.poll(() => door.view.bolt).toBe('locked');
	door.type(code);
	await expect.poll(() => door.openings).toBe(2);
	door.wait(3 * HOUR);
	await expect.poll(() => door.view.bolt).toBe('locked');
	door.type(code);
	await expect.poll(() => door.log.at(-1)).toBe(RECORD_ACTION.passcodeExpired);
	expect(door.openings).toBe(2);
});
