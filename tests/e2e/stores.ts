import type { Page } from '@playwright/test';

/** What a browser keeps of the app, read beside the app. */

/** Every address in every cache. */
export function cached(page: Page): Promise<string[]> {
	return page.evaluate(async () => {
		const urls: string[] = [];
		for (const name of await caches.keys())
			for (const { url } of await (await caches.open(name)).keys()) urls.push(url);
		return urls;
	});
}

/** Everything in one store of a database, as JSON; `[]` when there is none. */
export function stored(page: Page, database: string, store: string): Promise<string> {
	return page.evaluate(
		([database, store]) =>
			new Promise<string>((done, fail) => {
				const opening = indexedDB.open(database);
				let absent = false;
				opening.onupgradeneeded = () => {
					absent = true;
					opening.transaction?.abort();
				};
				opening.onerror = () => (absent ? done('[]') : fail(opening.error as Error));
				opening.onsuccess = () => {
					const db = opening.result;
					// Left open, or made here, it would keep the app from making its own.
					if (!db.objectStoreNames.contains(store)) {
						db.close();
						return done('[]');
					}
					const all = db.transaction(store).objectStore(store).getAll();
					all.onsuccess = () => {
						db.close();
						done(JSON.stringify(all.result));
					};
				};
			}),
		[database, store] as const
	);
}

/** The answers that pages can be drawn from without network. */
export const kept = (page: Page): Promise<string> => stored(page, 'hasp-known', 'answers');

/** Ids of what waits for the server. */
export async function outbox(page: Page): Promise<string[]> {
	const batches = JSON.parse(await stored(page, 'hasp', 'outbox')) as { id: string }[];
	return batches.map(({ id }) => id);
}

/** Puts a batch of this company into the outbox, as a lock's packets are put. @returns its id */
export async function addToOutbox(page: Page): Promise<string> {
	const me = (await (await page.request.get('/api/me')).json()) as { company: { id: string } };
	const batch = {
		id: crypto.randomUUID(),
		company: me.company.id,
		mac: 'F1:E2:D3:C4:B5:01',
		session: '00'.repeat(20),
		receivedAt: Date.now(),
		packets: ['50'.repeat(20)],
		sealed: false
	};
	await page.evaluate(
		(batch) =>
			new Promise<void>((done, fail) => {
				const opening = indexedDB.open('hasp');
				opening.onerror = () => fail(opening.error as Error);
				opening.onsuccess = () => {
					const tx = opening.result.transaction('outbox', 'readwrite');
					tx.objectStore('outbox').put(batch);
					tx.oncomplete = () => {
						opening.result.close();
						done();
					};
				};
			}),
		batch
	);
	return batch.id;
}
