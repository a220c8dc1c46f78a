import { test as base } from './fixtures-radio.ts';
import { AppServer } from './fixtures-server.ts';

interface AppFixtures {
	/** True gives each test a server with empty data; false shares one among the worker's tests. */
	ownServer: boolean;
	/** Environment of an own server. */
	serverEnv: Readonly<Record<string, string>>;
	/** The built app; `page.goto('/')` leads to it. */
	server: AppServer;
}

interface AppWorkerFixtures {
	sharedServer: () => Promise<AppServer>;
}

/** Playwright's test with the built app and the emulated radio. */
export const test = base.extend<AppFixtures, AppWorkerFixtures>({
	ownServer: [false, { option: true }],
	serverEnv: [{}, { option: true }],

	sharedServer: [
		async ({}, use) => {
			let launched: Promise<AppServer> | undefined;
			await use(() => (launched ??= AppServer.launch()));
			await (await launched)?.dispose();
		},
		{ scope: 'worker' }
	],

	server: async ({ ownServer, serverEnv, sharedServer }, use) => {
		const server = ownServer ? await AppServer.launch(serverEnv) : await sharedServer();
		// A test that stopped the shared server must not take the others down.
		await server.start();
		await use(server);
		if (ownServer) await server.dispose();
	},

	baseURL: async ({ server }, use) => {
		await use(server.url);
	}
});

export { expect } from '@playwright/test';
