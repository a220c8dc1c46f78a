import type { CDPSession } from '@playwright/test';
import type { ActivityReply } from '../../src/lib/api/app/activity.ts';
import { OUTBOX_TAG } from '../../src/lib/client/unattended.ts';
import { headline, openButton } from './fixtures-lock.ts';
import { ask, expect, PERSON, test, type Visit } from './fixtures-profile.ts';
import type { AppServer } from './fixtures-server.ts';
import { equip } from './key.ts';

/** Chrome wakes the service worker once there is a network again; nobody has Hasp open. */

test.use({ ownServer: true });

/** Tags that the browser was asked to wake the worker for. */
function tags({ page }: Visit): Promise<string[]> {
	return page.evaluate(async () => {
		const { sync } = (await navigator.serviceWorker.ready) as unknown as {
			sync: { getTags: () => Promise<string[]> };
		};
		return sync.getTags();
	});
}

/** Hears which worker this browser has, before it is woken. */
async function workerOf(session: CDPSession): Promise<() => string> {
	let known = '';
	session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
		for (const { registrationId, isDeleted } of registrations)
			if (!isDeleted) known = registrationId;
	});
	await session.send('ServiceWorker.enable');
	return () => known;
}

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
	expect(await tags(visit)).toEqual([]);
	await server.stop();
	padlock.press();
	await openButton(page).click();
	await headline(page, 'It’s open');
	await expect.poll(() => tags(visit)).toEqual([OUTBOX_TAG]);
	const session = await context.newCDPSession(context.pages()[0]!);
	const worker = await workerOf(session);
	await page.close();

	await server.start();
	expect(await openings(visit, server)).toEqual([]);
	await session.send('ServiceWorker.dispatchSyncEvent', {
		origin: server.url,
		registrationId: worker(),
		tag: OUTBOX_TAG,
		lastChance: false
	});
	await expect.poll(async () => (await openings(visit, server)).length).toBe(1);
	const [opening] = await openings(visit, server);
	expect(opening).toMatchObject({ trackingKey: PERSON.email, unclaimed: false });
	await visit.close();
});
