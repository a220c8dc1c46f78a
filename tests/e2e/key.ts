import type { LockKeysReply } from '../../src/lib/api/app/offline.ts';
import { openButton, openOnce } from './fixtures-lock.ts';
import { ask, expect, PERSON, type Phone, type Visit } from './fixtures-profile.ts';
import type { AppServer } from './fixtures-server.ts';
import { stored } from './vault.ts';

/** A company with one padlock, whose page is open in the browser. */
async function begin(phone: Phone, server: AppServer): Promise<Visit> {
	const visit = await phone.start();
	const { mac, hardwareType } = phone.padlock;
	await ask(visit, server, 'POST', '/api/auth/sign-up/email', PERSON);
	await ask(visit, server, 'POST', '/api/companies', { name: 'Pump works' });
	await ask(visit, server, 'POST', '/api/locks', { mac, hardwareType, name: 'North gate' });
	await visit.page.goto(`/locks/${mac}`);
	await openButton(visit.page).waitFor();
	return visit;
}

/** Waits until the server says so of the phone's key. */
export async function keyIs(
	visit: Visit,
	server: AppServer,
	mac: string,
	state: string
): Promise<void> {
	await expect(async () => {
		const { keys } = await ask<LockKeysReply>(visit, server, 'GET', `/api/locks/${mac}/keys`);
		expect(keys.map((key) => key.state)).toEqual([state]);
	}).toPass({ timeout: 15_000 });
}

/** The key has come to the lock, and the app to the phone. */
export async function equip(phone: Phone, server: AppServer): Promise<Visit> {
	const visit = await begin(phone, server);
	const { mac } = phone.padlock;
	await keyIs(visit, server, mac, 'waiting');
	await openOnce(visit.page, phone.padlock);
	await keyIs(visit, server, mac, 'on-lock');
	await visit.page.evaluate(async () => void (await navigator.serviceWorker.ready));
	await expect.poll(async () => (await stored(visit))?.state).toBe('on-lock');
	return visit;
}
