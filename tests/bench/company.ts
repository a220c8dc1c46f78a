import { expect, type Page } from '@playwright/test';
import type { AppServer } from '../e2e/fixtures-server.ts';

export interface BenchLock {
	mac: string;
	hardwareType: string;
	name: string;
}

/** Signs the page's person up as the owner of a company with these locks. */
export async function beginCompany(
	page: Page,
	server: AppServer,
	locks: readonly BenchLock[]
): Promise<void> {
	const post = async (path: string, data: object) => {
		const reply = await page.request.post(path, { data, headers: { origin: server.url } });
		expect(reply.ok(), path).toBe(true);
	};
	const password = 'correct horse battery';
	await post('/api/auth/sign-up/email', { name: 'Ada', email: 'ada@example.org', password });
	await post('/api/companies', { name: 'Bench' });
	for (const lock of locks) await post('/api/locks', lock);
}
