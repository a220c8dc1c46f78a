import { createHash } from 'node:crypto';
import { RECORD_ACTION } from '../../src/lib/protocol/ttlock/records.ts';
import { post } from './fixtures-company.ts';
import { expect, test } from './fixtures-door.ts';
import { look } from './look.ts';

/** Door locks with every part real: pages, navigator.bluetooth, server, open API; then with no phone. */

const HOUR = 3_600_000;

// One of them starts without network.
test.use({ serviceWorkers: 'allow' });

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

test('opened and locked by its owner, lent to another, who opens it with signal and without, until his eKey is frozen', async ({
	page,
	context,
	company,
	playwright,
	server,
	network,
	door: { door, id }
}) => {
	test.slow();
	const open = page.getByRole('button', { name: 'Open North door' });
	const says = (words: string | RegExp) =>
		expect(page.getByRole('heading', { level: 1, name: words })).toBeVisible();
	const opens = async (times: number) => {
		await open.click();
		// How long the link stays is the lock's log's business.
		await says(/^(It’s open|Opened)$/);
		expect(door.openings).toBe(times);
	};
	await page.goto(`/doors/${id}`);
	await opens(1);
	await page.getByRole('button', { name: 'Lock', exact: true }).click();
	await expect.poll(() => door.log).toContain(RECORD_ACTION.locked);
	expect(door.view.bolt).toBe('locked');

	const owner = await playwright.request.newContext({
		storageState: { cookies: company.cookies, origins: [] }
	});
	const invitation = { name: 'Ben', role: 'member', locks: [] };
	const { link } = await post<{ link: string }>(
		owner,
		server,
		'/api/people/invitations',
		invitation
	);
	await context.clearCookies();
	await page.goto(link);
	await page.getByLabel('Your name').fill('Ben');
	await page.getByLabel('Email').fill('ben@example.org');
	await page.getByLabel('Password').fill('another long password');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'No locks yet' })).toBeVisible();
	const always = { startDate: 0, endDate: 0, recurrence: null };
	const { ekey } = await post<{ ekey: { id: number } }>(
		owner,
		server,
		`/api/door-locks/${id}/ekeys`,
		{ to: { username: 'ben@example.org' }, name: 'Ben', period: always }
	);

	await page.goto(`/doors/${id}`);
	await opens(2);

	await expect(page.getByText('Ready offline')).toBeVisible();
	await page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await network('offline');
	await page.reload();
	await opens(3);

	await network('online');
	const frozen = await owner.patch(`${server.url}/api/door-locks/${id}/ekeys/${ekey.id}`, {
		data: { state: 'frozen' },
		headers: { origin: server.url }
	});
	expect(frozen.ok(), await frozen.text()).toBe(true);
	await page.goto(`/doors/${id}`);
	await says('Frozen');
	await expect(open).toHaveCount(0);
	expect(door.openings).toBe(3);
	await owner.dispose();
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
