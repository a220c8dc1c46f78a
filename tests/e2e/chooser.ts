import type { CDPSession, Page } from '@playwright/test';

/** What the person does at the device chooser: takes an address, turns away, or does nothing yet. */
type Choice = { readonly address: string } | 'cancel' | 'wait';

/** The device chooser of one page, answered by the test. Without it `requestDevice` hangs. */
export class Chooser {
	/** How often the page opened the chooser. */
	opened = 0;
	readonly #session: CDPSession;
	readonly #seen = new Map<string, 'open' | 'answered'>();
	#choice: Choice = 'wait';
	#open: { id: string; addresses: readonly string[] } | null = null;

	private constructor(session: CDPSession) {
		this.#session = session;
	}

	/** Takes over a page's chooser; survives its reloads. */
	static async of(page: Page): Promise<Chooser> {
		const session = await page.context().newCDPSession(page);
		const chooser = new Chooser(session);
		session.on('DeviceAccess.deviceRequestPrompted', ({ id, devices }) => {
			if (!chooser.#seen.has(id)) {
				chooser.opened += 1;
				chooser.#seen.set(id, 'open');
			}
			// The names are always empty and the first list may be; only the addresses tell.
			chooser.#open = { id, addresses: devices.map((device) => device.id) };
			void chooser.#answer();
		});
		await session.send('DeviceAccess.enable');
		return chooser;
	}

	/** Takes this device, now if the chooser is open and lists it, else as soon as it does. */
	async choose(address: string): Promise<void> {
		this.#choice = { address };
		await this.#answer();
	}

	/** Closes the chooser without a device, now or when it opens next. */
	async cancel(): Promise<void> {
		this.#choice = 'cancel';
		await this.#answer();
	}

	/** Leaves the chooser open, as when the list stays empty. */
	wait(): void {
		this.#choice = 'wait';
	}

	/** `navigator.onLine` and the network of this page; both, unlike `context.setOffline` here. */
	async online(on: boolean): Promise<void> {
		await this.#session.send('Network.enable');
		await this.#session.send('Network.emulateNetworkConditions', {
			offline: !on,
			latency: 0,
			downloadThroughput: -1,
			uploadThroughput: -1
		});
	}

	async #answer(): Promise<void> {
		const open = this.#open;
		const choice = this.#choice;
		if (!open || choice === 'wait' || this.#seen.get(open.id) === 'answered') return;
		if (choice !== 'cancel' && !open.addresses.includes(choice.address)) return;
		// Once: a second answer to one request can crash the browser.
		this.#seen.set(open.id, 'answered');
		const answered =
			choice === 'cancel'
				? this.#session.send('DeviceAccess.cancelPrompt', { id: open.id })
				: this.#session.send('DeviceAccess.selectPrompt', {
						id: open.id,
						deviceId: choice.address
					});
		await answered.catch((cause: unknown) => {
			// Chrome has closed it meanwhile, at a click beside it; the page may open another.
			if (!String(cause).includes('Cannot find request')) throw cause;
		});
	}
}
