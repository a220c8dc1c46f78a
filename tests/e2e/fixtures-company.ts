import type { APIRequestContext, Cookie } from '@playwright/test';
import { AppServer } from './fixtures-server.ts';
import { expect, test as base } from './fixtures.ts';

interface WorkerFixtures {
	/** A server, and the session of the owner of its one company. */
	company: { server: AppServer; cookies: Cookie[] };
}

const PERSON = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' };

/** Asks an endpoint as the person of this request context, and expects it to be done. */
export async function post<T = unknown>(
	request: APIRequestContext,
	{ url }: AppServer,
	path: string,
	data: object
): Promise<T> {
	const response = await request.post(url + path, { data, headers: { origin: url } });
	const text = await response.text();
	expect(response.ok(), `${path}: ${text}`).toBe(true);
	return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Playwright's test with a company, one for all tests of a worker. */
export const test = base.extend<object, WorkerFixtures>({
	// The shell's own specs keep the app; for each context of the others that would be a fifth of the work.
	serviceWorkers: 'block',
	company: [
		async ({ playwright }, use) => {
			const server = await AppServer.launch();
			const request = await playwright.request.newContext();
			await post(request, server, '/api/auth/sign-up/email', PERSON);
			await post(request, server, '/api/companies', { name: 'Pump works' });
			const { cookies } = await request.storageState();
			await request.dispose();
			await use({ server, cookies });
			await server.dispose();
		},
		{ scope: 'worker' }
	],
	server: async ({ company }, use) => {
		// A test that stopped it must not take the others down.
		await company.server.start();
		await use(company.server);
	}
});

export { expect };
