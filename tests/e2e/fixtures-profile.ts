import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OnAir } from './air.ts';
import { Chooser } from './chooser.ts';
import { expect, test as base } from './fixtures.ts';
import type { AppServer } from './fixtures-server.ts';
import { launchOptions } from './launch.ts';
import { RadioPadlock } from './lock.ts';
import { Radio } from './radio.ts';
import { installShim } from './shim.ts';

export const PERSON = { name: 'Ada', email: 'ada@example.org', password: 'correct horse battery' };

/** One run of a browser on a profile that outlives it. */
export interface Visit {
	context: BrowserContext;
	page: Page;
	air: OnAir;
	chooser: Chooser;
	/** Cuts the network of its page, and gives it back. */
	network(state: 'offline' | 'online'): Promise<void>;
	close(): Promise<void>;
}

/** A person's phone with one padlock in reach: its profile stays when the browser ends. */
export class Phone {
	/** The profile's folder. */
	readonly folder = mkdtempSync(join(tmpdir(), 'hasp-profile-'));
	readonly padlock: RadioPadlock;
	readonly #server: AppServer;
	readonly #blank: string;
	#visit: Visit | null = null;

	constructor(server: AppServer, blank: string, padlock: RadioPadlock) {
		this.#server = server;
		this.#blank = blank;
		this.padlock = padlock;
	}

	/** Starts the browser; the one before must be closed. */
	async start(): Promise<Visit> {
		const context = await chromium.launchPersistentContext(this.folder, {
			...launchOptions('stock'),
			baseURL: this.#server.url
		});
		const browser = context.browser();
		if (!browser) throw new Error('a persistent context without its browser');
		const radio = await Radio.on(await browser.newBrowserCDPSession());
		// The fake adapter dies with the last page that uses Bluetooth: this one never closes.
		const keeper = context.pages()[0] ?? (await context.newPage());
		await keeper.goto(this.#blank);
		await keeper.evaluate(() => navigator.bluetooth.getAvailability());
		await installShim(context, radio);
		const page = await context.newPage();
		const chooser = await Chooser.of(page);
		const air = await OnAir.put(radio, this.padlock, 0);
		this.padlock.on(air);
		await chooser.choose(air.address);
		const visit: Visit = {
			context,
			page,
			air,
			chooser,
			async network(state) {
				await context.setOffline(state === 'offline');
				await chooser.online(state === 'online');
			},
			close: async () => {
				this.#visit = null;
				// What the lock still says to a browser that is going cannot arrive, and is no fault.
				const errors = [...radio.errors];
				await context.close();
				expect(errors, 'radio handlers and answers that failed').toEqual([]);
			}
		};
		return (this.#visit = visit);
	}

	async end(): Promise<void> {
		await this.#visit?.context.close();
		this.padlock.end();
		rmSync(this.folder, { recursive: true, force: true });
	}
}

interface Fixtures {
	phone: Phone;
}

let macs = 0;

/** Playwright's test with a phone that can be switched off; each test needs a server of its own. */
export const test = base.extend<Fixtures>({
	phone: async ({ server, blank }, use) => {
		const tail = (++macs).toString(16).padStart(2, '0').toUpperCase();
		const phone = new Phone(server, blank, new RadioPadlock(`F1:E2:D3:C4:B6:${tail}`));
		await use(phone);
		await phone.end();
	}
});

export { expect };

/** Asks a server's own endpoint as the person of this context. */
export async function ask<T>(
	{ context }: Pick<Visit, 'context'>,
	server: AppServer,
	method: 'GET' | 'POST' | 'DELETE' | 'PUT',
	path: string,
	data?: object
): Promise<T> {
	const headers = { origin: server.url };
	const options = { method, headers, ...(data ? { data } : {}) };
	const response = await context.request.fetch(server.url + path, options);
	const text = await response.text();
	expect(response.ok(), `${path}: ${text}`).toBe(true);
	return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** The same person at a desk, which has a network of its own. */
export async function deskOf(
	{ context }: Pick<Visit, 'context'>,
	browser: Browser,
	{ url }: AppServer
): Promise<Page> {
	const desk = await browser.newContext({
		baseURL: url,
		viewport: { width: 1280, height: 800 }
	});
	await desk.addCookies(await context.cookies());
	return desk.newPage();
}
