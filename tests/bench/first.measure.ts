import type { Request } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '../e2e/fixtures.ts';
import { beginCompany } from './company.ts';
import { ratio } from './figures.ts';

const BUDGET = 60;
/** Milliseconds in which scripts that were asked for have come. */
const SETTLED = 3_000;

// The service worker fetches every page's scripts; a first load does not wait for it.
test.use({ ownServer: true, serviceWorkers: 'block', viewport: { width: 412, height: 915 } });

test('first load of the list', async ({ page, server }) => {
	await beginCompany(page, server, [
		{ mac: 'F1:E2:D3:C4:B5:01', hardwareType: '4I', name: 'North gate' }
	]);
	const scripts: Request[] = [];
	page.on('requestfinished', (request) => {
		if (request.url().endsWith('.js')) scripts.push(request);
	});
	// Until the server has told who is here, only what every list needs is loaded; then what a tap needs.
	let first = NaN;
	await page.route('**/api/me', async (route) => {
		await sleep(SETTLED);
		first = await kilobytes(scripts);
		await route.continue();
	});
	await page.goto('/locks');
	await expect(page.getByRole('link', { name: /^North gate/ })).toBeVisible();
	await sleep(SETTLED);
	const all = await kilobytes(scripts);
	console.log(`  and ${(all - first).toFixed(1)} KB for tap and keys, once the list is drawn`);
	ratio('JavaScript until the list is drawn, brotli', first, BUDGET, 'KB');
});

/** What crossed the wire, in KB of 1000 bytes. */
async function kilobytes(scripts: readonly Request[]): Promise<number> {
	let bytes = 0;
	for (const script of scripts) {
		const headers = await (await script.response())?.allHeaders();
		expect(headers?.['content-encoding'], script.url()).toBe('br');
		bytes += Number(headers?.['content-length']);
	}
	return bytes / 1000;
}
