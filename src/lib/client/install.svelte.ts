/** Chrome's offer to install, which only Chromium makes: others never show a word of it. */
interface InstallEvent extends Event {
	prompt(): Promise<unknown>;
}

const ANSWER = 'hasp-install';

export interface InstallParts {
	/** Says `beforeinstallprompt` and `appinstalled`. */
	browser: EventTarget;
	/** Where "no" is remembered. */
	storage: Pick<Storage, 'getItem' | 'setItem'>;
	/** True on a phone: there the home screen is worth the question. */
	phone: boolean;
}

/** Puts the app on the home screen: asked once, after a lock has opened. */
export class Install {
	/** The browser can install it, and it is not installed. */
	able = $state(false);
	#worth = $state(false);
	#answered = $state(false);
	#event: InstallEvent | null = null;
	readonly #parts: InstallParts;

	constructor(parts: InstallParts) {
		this.#parts = parts;
		this.#answered = read(parts.storage) !== null;
		parts.browser.addEventListener('beforeinstallprompt', (event) => {
			// Else Chrome asks by itself, at a moment of its own.
			event.preventDefault();
			this.#event = event as InstallEvent;
			this.able = true;
		});
		parts.browser.addEventListener('appinstalled', () => this.#done());
	}

	/** True when this is the moment to ask. */
	get asks(): boolean {
		return this.able && this.#worth && !this.#answered;
	}

	/** A lock has opened and sleeps again: the person knows what the app is good for. */
	opened(): void {
		this.#worth = this.#parts.phone;
	}

	/** Asks the browser to install it; needs a user gesture. */
	async go(): Promise<void> {
		const event = this.#event;
		// An event asks once. When the person says no, Chrome makes another on a later visit.
		this.#done();
		await event?.prompt();
	}

	/** Never asks again; the menu still offers it. */
	never(): void {
		this.#answered = true;
		try {
			this.#parts.storage.setItem(ANSWER, 'no');
		} catch {
			// Storage is full or forbidden: asked again at the next visit, no harm done.
		}
	}

	#done(): void {
		this.#event = null;
		this.able = false;
		this.never();
	}
}

function read(storage: InstallParts['storage']): string | null {
	try {
		return storage.getItem(ANSWER);
	} catch {
		return null;
	}
}
