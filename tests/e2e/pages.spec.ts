import { RadioDoor } from './door.ts';
import { expect, test as base } from './fixtures.ts';
import { look } from './look.ts';

/** Every page of the app, at the sizes and in the colours that people see it in, as axe sees it. */

const PERSON = {
	name: 'Ada Lindqvist',
	email: 'ada@example.org',
	password: 'correct horse battery'
};
const MAC = 'F1:E2:D3:C4:B5:A6';

interface Fixtures {
	/** Asks the server as whoever is signed in on the page. */
	post: (path: string, data: object) => Promise<unknown>;
	/** A company with an owner who is signed in, and one lock. */
	company: undefined;
}

const test = base.extend<Fixtures>({
	post: async ({ page, server }, use) => {
		await use(async (path, data) => {
			const response = await page.request.post(path, { data, headers: { origin: server.url } });
			expect(response.ok(), `${path}: ${await response.text()}`).toBe(true);
			return response.json();
		});
	},
	company: async ({ post }, use) => {
		await post('/api/auth/sign-up/email', PERSON);
		await post('/api/companies', { name: 'Northbank Water' });
		await post('/api/locks', {
			mac: MAC,
			hardwareType: '4I',
			name: 'Pump house 3',
			place: 'Millbrook'
		});
		await use(undefined);
	}
});

// See the company's fixtures.
test.use({ ownServer: true, serviceWorkers: 'block' });

const OUTSIDE = [
	'/',
	'/sign-up',
	'/sign-in',
	'/first-sign-in',
	'/invitation#unknown',
	'/use-chrome',
	'/nowhere'
];

test('axe finds nothing on the pages before signing in', async ({ page }) => {
	test.slow();
	for (const path of OUTSIDE) {
		await page.goto(path);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		await look(page);
	}
});

const INSIDE = [
	'/locks',
	'/locks/new',
	'/locks/offline',
	'/people',
	'/people/invite',
	'/developers',
	'/developers/reference#keys',
	'/developers/sifely',
	'/activity',
	'/fobs',
	'/fobs/new',
	'/debt'
];

test('axe finds nothing on the pages of a company', async ({ page, company: _, post }) => {
	test.slow();
	const door = { name: 'North door', lockData: new RadioDoor('C4:54:12:32:3B:D8').paired() };
	const { id } = (await post('/api/door-locks', door)) as { id: number };
	const manage = `/doors/${id}/manage`;
	const doors = ['', '/ekeys', '/ekeys/new', '/passcodes', '/passcodes/new', '/settings'];
	const paths = [`/locks/${MAC}`, `/locks/${MAC}/manage`, ...doors.map((end) => manage + end)];
	for (const path of [...INSIDE, ...paths]) {
		await page.goto(path);
		await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
		await look(page);
	}
});

test('a lock that does not fit is not added, and the person is led to the field', async ({
	page,
	company: _
}) => {
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/locks/new');
	await page.getByLabel('MAC').fill('F1:E2:D3');
	await page.getByLabel('Name').fill('Depot gate');
	await page.getByRole('button', { name: 'Add the lock' }).click();
	await expect(page.getByText('Six pairs of 0 to 9 and A to F')).toBeInViewport();
	await expect(page.getByLabel('MAC')).toBeFocused();
});

/** Somebody's phone, as the server knows it. */
const PHONE = {
	phone: { id: 'phone-of-ada', name: 'Pixel 9' },
	persisted: true,
	has: [],
	wiped: []
};

test('a manager gives a phone a key and takes it back, by the keyboard alone', async ({
	page,
	company: _,
	post
}) => {
	test.slow();
	await post('/api/offline/contact', PHONE);
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto(`/locks/${MAC}/manage`);
	await page.getByRole('button', { name: 'Give a phone a key' }).focus();
	await page.keyboard.press('Enter');
	const give = page.getByRole('dialog', { name: 'Give a phone a key' });
	const pixel = give.getByRole('button', { name: 'Give a key to Ada Lindqvist, Pixel 9' });
	await expect(pixel).toBeVisible();
	await look(page);
	await pixel.focus();
	await page.keyboard.press('Enter');
	await expect(give.getByRole('status')).toHaveText(
		'Ada Lindqvist, Pixel 9: the key waits for the lock.'
	);
	await page.keyboard.press('Escape');
	await expect(give).toBeHidden();
	// Back where it was opened from.
	await expect(page.getByRole('button', { name: 'Give a phone a key' })).toBeFocused();

	const row = page.getByRole('listitem').filter({ hasText: 'Pixel 9' });
	await expect(row.getByText('Waits for the lock')).toBeVisible();
	await row.getByRole('button', { name: 'Revoke the key of Ada Lindqvist, Pixel 9' }).focus();
	await page.keyboard.press('Enter');
	const revoke = page.getByRole('dialog', { name: 'Revoke the key of Ada Lindqvist?' });
	await expect(revoke).toBeVisible();
	await look(page);
	await revoke.getByRole('button', { name: 'Revoke' }).focus();
	await page.keyboard.press('Enter');
	await expect(
		page.getByText('The key of Ada Lindqvist is revoked. It never came to the lock.')
	).toBeAttached();
	await page.getByText('1 key off, last 30 days').focus();
	await page.keyboard.press('Enter');
	await expect(row.getByText('Never came to the lock')).toBeVisible();
	await look(page);
});

test('a manager chooses how long phones open without a contact', async ({ page, company: _ }) => {
	await page.goto(`/locks/${MAC}/manage`);
	await page.getByRole('link', { name: 'How long phones keep keys' }).click();
	const lease = page.getByRole('region', { name: 'Keys on phones' });
	await expect(lease).toBeInViewport();
	const days = lease.getByLabel('Open without contact for');
	await expect(days).toHaveValue('7');
	await days.selectOption('1 day');
	await expect(lease.getByText('ends a key after 4 days')).toBeVisible();
	await lease.getByRole('button', { name: 'Save' }).click();
	await expect(lease.getByRole('status')).toContainText('Saved');
	await look(page);
	await page.reload();
	await expect(days).toHaveValue('1');
});

test('a person asks for the keys of their locks, and gives one back', async ({
	page,
	company: _,
	post
}) => {
	test.slow();
	await post('/api/locks', { mac: 'F1:E2:D3:C4:B5:A7', hardwareType: '4I', name: 'Depot gate' });
	await page.setViewportSize({ width: 390, height: 844 });
	await page.goto('/locks');
	const line = page.getByRole('link', { name: /0 of 2 ready offline/ });
	await expect(line).toBeVisible();
	await look(page);
	await line.click();
	await page.getByRole('button', { name: 'Ask for all 2 keys' }).click();
	await expect(page.getByText('Key waits for the lock')).toHaveCount(2);
	await look(page);
	await page.getByRole('link', { name: /Depot gate/ }).click();
	await page.getByRole('button', { name: 'Opens online only key waits for the lock' }).click();
	const key = page.getByRole('dialog', { name: 'Offline key' });
	await expect(key).toContainText('The key is on this phone, and not on Depot gate yet');
	await look(page);
	await key.getByRole('button', { name: 'Give up the key' }).click();
	const sure = page.getByRole('dialog', { name: 'Give up the key?' });
	await sure.getByRole('button', { name: 'Give it up' }).click();
	await expect(key).toContainText('The key of this phone was revoked and is deleted here.');
	await key.getByRole('button', { name: 'Ask for a key' }).click();
	await expect(key).toContainText('The key is on this phone, and not on Depot gate yet');
	await page.keyboard.press('Escape');
	const fact = page.getByRole('button', { name: 'Opens online only key waits for the lock' });
	await expect(fact).toBeFocused();

	await page.context().setOffline(true);
	await expect(page.getByText('No network')).toBeVisible();
	await expect(
		page.getByRole('button', { name: 'Needs signal key waits for the lock' })
	).toBeVisible();
	await look(page);
});

test('what may be a copied key, and a lock whose keys are unknown, are told', async ({
	page,
	company: _
}) => {
	const at = Date.now() - 60_000;
	const opened = { lockName: 'Pump house 3', action: 'unlocked', recordedAt: at, mac: MAC };
	const range = { rangeStart: at - 60_000, rangeEnd: at };
	const [honest, copied] = [
		{ ...opened, ...range, id: 'a', trackingKey: 'mara@example.org', unclaimed: false },
		{ ...opened, ...range, id: 'b', trackingKey: 'sten@example.org', unclaimed: true }
	];
	await page.route('**/api/activity?*', (route) =>
		route.fulfill({ json: { activity: [honest, copied], next: null } })
	);
	await page.route(`**/api/locks/${MAC}`, async (route) => {
		const response = await route.fetch();
		const { lock } = (await response.json()) as { lock: object };
		await route.fulfill({ json: { lock: { ...lock, keysUnknownSince: at } } });
	});
	await page.goto(`/locks/${MAC}/manage`);
	const event = (name: string) => page.getByRole('listitem').filter({ hasText: name });
	const words = 'No phone claims it: the key may have been copied. Revoke it.';
	await expect(event('sten@example.org')).toContainText(words);
	await expect(event('mara@example.org')).not.toContainText(words);
	await expect(page.getByText(/Its keys are not known since today/)).toBeVisible();
	await look(page);
});

test('a fresh server: the virtual padlock opens, by the keyboard alone', async ({ page }) => {
	await page.goto('/');
	await page.getByRole('button', { name: 'Press the button on the virtual padlock' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByText('awake', { exact: true })).toBeVisible();
	await page.getByRole('button', { name: /^Open/ }).focus();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('status').filter({ hasText: 'It’s open' })).toBeAttached();
	await look(page);
});

test('a fresh server: somebody sets up a company, and lets a second person in by a link', async ({
	page,
	browser,
	server,
	post
}) => {
	await page.goto('/');
	await page.getByRole('link', { name: 'Set up your company' }).click();
	await page.getByLabel('Company').fill('Northbank Water');
	await page.getByLabel('Your name').fill(PERSON.name);
	await page.getByLabel('Email').fill(PERSON.email);
	await page.getByLabel('Password').fill(PERSON.password);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('heading', { name: 'No locks yet' })).toBeVisible();
	await post('/api/locks', { mac: MAC, hardwareType: '4I', name: 'Pump house 3' });
	await post('/api/locks', { mac: 'F1:E2:D3:C4:B5:A7', hardwareType: '4I', name: 'Depot gate' });
	const { link } = (await post('/api/people/invitations', {
		name: 'Bo',
		role: 'member',
		locks: [MAC]
	})) as { link: string };

	const second = await (await browser.newContext()).newPage();
	await second.goto(link);
	await expect(second.getByText('Northbank Water').first()).toBeVisible();
	await second.getByLabel('Your name').fill('Bo Ek');
	await second.getByLabel('Email').fill('bo@example.org');
	await second.getByLabel('Password').fill('another long password');
	await second.keyboard.press('Enter');
	await expect(second.getByRole('link', { name: /^Pump house 3/ })).toBeVisible();
	// Only what was granted.
	await expect(second.getByText('Depot gate')).toHaveCount(0);
	expect((await second.request.get(`${server.url}/api/locks/F1:E2:D3:C4:B5:A7`)).status()).toBe(
		404
	);
	// What would only be refused is not begun, and a link that is tapped again leads on.
	await second.goto(`/locks/${MAC}/manage`);
	await expect(second.getByRole('heading', { name: 'Not yours to manage' })).toBeVisible();
	await look(second);
	await second.goto(link);
	await second.getByRole('link', { name: 'Your locks' }).click();
	await expect(second.getByRole('link', { name: /^Pump house 3/ })).toBeVisible();
	await second.context().close();
});
