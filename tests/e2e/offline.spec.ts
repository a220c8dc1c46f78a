import type * as z from 'zod/mini';
import type { ActivityReply } from '../../src/lib/api/app/activity.ts';
import type { LockKeysReply } from '../../src/lib/api/app/offline.ts';
import type { AppServer } from './fixtures-server.ts';
import { ask, expect, PERSON, test, type Phone, type Visit } from './fixtures-profile.ts';
import { headline, openButton, openOnce } from './fixtures-lock.ts';

/** The key on the phone, with every part real: built app, vault, worker, radio, server. */

test.use({ ownServer: true });

/** A company with one padlock, whose page is open in the browser. */
async function begin(phone: Phone, server: AppServer): Promise<Visit> {
	const visit = await phone.start();
	const { mac, hardwareType } = phone.padlock;
	await ask(visit, server, 'POST', '/api/auth/sign-up/email', PERSON);
	await ask(visit, server, 'POST', '/api/companies', { name: 'Pump works' });
	await ask(visit, server, 'POST', '/api/locks', { mac, hardwareType, name: 'North gate' });
	await visit.page.goto('/locks');
	await visit.page.getByText('North gate').first().waitFor();
	await visit.page.goto(`/locks/${mac}`);
	await openButton(visit.page).waitFor();
	return visit;
}

/** Waits until the server says so of the phone's key. */
async function keyIs(visit: Visit, server: AppServer, mac: string, state: string): Promise<void> {
	await expect(async () => {
		const { keys } = await ask<LockKeysReply>(visit, server, 'GET', `/api/locks/${mac}/keys`);
		expect(keys.map((key) => key.state)).toEqual([state]);
	}).toPass({ timeout: 15_000 });
}

/** The key has come to the lock, and the app to the phone. */
async function equip(phone: Phone, server: AppServer): Promise<Visit> {
	const visit = await begin(phone, server);
	const { mac } = phone.padlock;
	await keyIs(visit, server, mac, 'waiting');
	await openOnce(visit.page, phone.padlock);
	await keyIs(visit, server, mac, 'on-lock');
	await visit.page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await expect.poll(() => readyUntil(visit)).toBeGreaterThan(Date.now());
	return visit;
}

/** Until when the vault says that its one key opens; 0 while it waits for the lock. */
async function readyUntil({ page }: Visit): Promise<number> {
	return page.evaluate(
		() =>
			new Promise<number>((resolve, reject) => {
				const opening = indexedDB.open('hasp');
				opening.onerror = () => reject(opening.error as Error);
				opening.onsuccess = () => {
					const asked = opening.result.transaction('keys').objectStore('keys').getAll();
					asked.onsuccess = () => {
						opening.result.close();
						const [key] = asked.result as { state: string; notAfter: number }[];
						resolve(key?.state === 'on-lock' ? key.notAfter : 0);
					};
				};
			})
	);
}

test('opens after a restart without network and server, and tells it once', async ({
	phone,
	server
}) => {
	test.setTimeout(90_000);
	const { padlock } = phone;
	const first = await equip(phone, server);
	await first.close();
	await server.stop();

	const second = await phone.start();
	await second.network('offline');
	await second.page.goto(`/locks/${padlock.mac}`);
	padlock.press();
	await openButton(second.page).click();
	await headline(second.page, 'It’s open');
	expect(padlock.openings).toBe(2);
	padlock.close();
	await headline(second.page, 'Asleep');

	await server.start();
	await second.network('online');
	await expect(async () => {
		const { activity } = await ask<z.infer<typeof ActivityReply>>(
			second,
			server,
			'GET',
			'/api/activity?action=unlocked'
		);
		expect(activity).toHaveLength(1);
		expect(activity[0]).toMatchObject({ trackingKey: PERSON.email, unclaimed: false });
	}).toPass({ timeout: 20_000 });
	await second.close();
});
