import { expect, type BrowserContext, type Page } from '@playwright/test';
import { OUTBOX_TAG } from '../../src/lib/client/unattended.ts';

/**
 * Prepares what Chrome does once there is a network again: it wakes the service worker of this origin.
 * @param page any page of the context that stays open
 * @returns wakes it
 */
export async function backgroundSync(
	context: BrowserContext,
	page: Page,
	origin: string
): Promise<() => Promise<void>> {
	const session = await context.newCDPSession(page);
	let registrationId = '';
	session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
		for (const one of registrations) if (!one.isDeleted) registrationId = one.registrationId;
	});
	await session.send('ServiceWorker.enable');
	await expect.poll(() => registrationId).not.toBe('');
	const event = { origin, tag: OUTBOX_TAG, lastChance: false };
	return async () =>
		void (await session.send('ServiceWorker.dispatchSyncEvent', { ...event, registrationId }));
}

/** Whether the browser was asked to wake the worker. */
export function isAsked(page: Page): Promise<boolean> {
	return page.evaluate(async (tag) => {
		const { sync } = (await navigator.serviceWorker.ready) as unknown as {
			sync: { getTags: () => Promise<string[]> };
		};
		return (await sync.getTags()).includes(tag);
	}, OUTBOX_TAG);
}
