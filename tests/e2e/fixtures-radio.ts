import { expect, test as base } from '@playwright/test';
import { OnAir, type RadioLock } from './air.ts';
import { serveBlank } from './blank.ts';
import { Chooser } from './chooser.ts';
import { Radio } from './radio.ts';
import { installShim } from './shim.ts';

export interface RadioFixtures {
	/** Milliseconds that every operation on the air takes: `test.use({ radioDelay: 30 })`. */
	radioDelay: number;
	/** The chooser of `page`; until a test decides it stays open. */
	chooser: Chooser;
	/** Cuts the page's network, also for `navigator.onLine` after a reload, and gives it back. */
	network: (state: 'offline' | 'online') => Promise<void>;
	/** Puts a lock on the air and lets the chooser take it. */
	lock: (lock: RadioLock) => Promise<OnAir>;
	/** Set to true where the page is meant to break the rule of one operation at a time. */
	allowOverlap: boolean;
}

export interface RadioWorkerFixtures {
	/** Address of a page without content. */
	blank: string;
	radio: Radio;
}

/** Playwright's test with an emulated radio behind the real `navigator.bluetooth`. Needs no built app. */
export const test = base.extend<RadioFixtures, RadioWorkerFixtures>({
	radioDelay: [0, { option: true }],
	allowOverlap: [false, { option: true }],

	blank: [
		async ({}, use) => {
			const server = await serveBlank();
			await use(server.url);
			await server.stop();
		},
		{ scope: 'worker' }
	],

	radio: [
		async ({ browser, blank }, use) => {
			const radio = await Radio.on(await browser.newBrowserCDPSession());
			// The fake adapter dies with the last page that uses Bluetooth: this one never closes.
			const keeper = await (await browser.newContext()).newPage();
			await keeper.goto(blank);
			await keeper.evaluate(() => navigator.bluetooth.getAvailability());
			await use(radio);
		},
		{ scope: 'worker' }
	],

	context: async ({ context, radio }, use) => {
		await installShim(context, radio);
		radio.errors.length = 0;
		await use(context);
		expect(radio.errors, 'radio handlers and answers that failed').toEqual([]);
	},

	chooser: [
		async ({ page }, use) => {
			await use(await Chooser.of(page));
		},
		{ auto: true }
	],

	network: async ({ context, page, chooser }, use) => {
		let isOffline = false;
		// Some versions of Chromium forget it for `navigator.onLine` with the page that was told.
		const tellAgain = () => void (isOffline && chooser.online(false).catch(() => undefined));
		page.on('domcontentloaded', tellAgain);
		await use(async (state) => {
			isOffline = state === 'offline';
			await context.setOffline(isOffline);
			await chooser.online(!isOffline);
		});
		page.off('domcontentloaded', tellAgain);
	},

	lock: async ({ radio, chooser, radioDelay, allowOverlap }, use) => {
		const onAir: OnAir[] = [];
		await use(async (lock) => {
			const air = await OnAir.put(radio, lock, radioDelay);
			onAir.push(air);
			await chooser.choose(air.address);
			return air;
		});
		for (const { peripheral } of onAir) {
			await radio.remove(peripheral);
			if (!allowOverlap) expect(peripheral.violations, 'one operation at a time').toEqual([]);
		}
	}
});

export { expect };
