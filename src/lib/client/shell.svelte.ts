import { LOCK_TALKS } from './alone.ts';
import { workerScript } from './worker-policy.ts';

/** Milliseconds between two looks for a newer version, and between two looks whether talks have ended. */
const EVERY = 3_600_000;
const SOON = 250;
/** Milliseconds that a worker may take to start. */
const START_WITHIN = 3000;

/** A small file that every version keeps. */
const KEPT = '/manifest.webmanifest';

export interface ShellParts {
	/** Absent where the browser has no service workers. */
	container: ServiceWorkerContainer | undefined;
	/** Where conversations of all tabs are seen; absent in old browsers. */
	locks: LockManager | undefined;
	/** Says `online`. */
	network: EventTarget;
	/** Loads the page anew. */
	reload: () => void;
}

/** The app as it is kept on this machine, and its newer version. */
export class Shell {
	/** A newer version is kept and waits for the person's word. */
	newer = $state(false);
	/** The person has agreed; it begins once no tab talks with a lock. */
	agreed = $state(false);
	readonly #parts: ShellParts;
	#skip: (() => void) | null = null;

	constructor(parts: ShellParts) {
		this.#parts = parts;
		this.#follow(parts.container);
	}

	/**
	 * Keeps the app on this machine and looks for newer versions: now, whenever the network returns, every
	 * hour. Where the browser forbids to keep anything, the app works as long as there is a network.
	 */
	async start(): Promise<void> {
		const { container, network } = this.#parts;
		if (!container) return;
		try {
			const { Workbox } = await import('workbox-window');
			const workbox = new Workbox(workerScript('/service-worker.js'));
			const registration = await workbox.register();
			if (!registration) return;
			this.#skip = () => workbox.messageSkipWaiting();
			this.#watch(registration);
			// Without network there is nothing to be found.
			const look = () => void registration.update().catch(() => undefined);
			look();
			network.addEventListener('online', look);
			setInterval(look, EVERY);
		} catch {
			this.#skip = null;
		}
	}

	/** Takes the newer version, in every tab; a conversation with a lock is waited for. */
	async take(): Promise<void> {
		this.agreed = true;
		const { locks } = this.#parts;
		do {
			await this.#quiet();
			await wake();
			// Somebody may have tapped while it woke.
		} while (locks && (await talks(locks)));
		this.#skip?.();
	}

	/** Not now: offered again at the next start. */
	later(): void {
		this.newer = false;
	}

	// Not by workbox-window's own events: it hears of one update that it did not begin, then of no more, and
	// takes a page's later updates for its first installation.
	#watch(registration: ServiceWorkerRegistration): void {
		const see = () => {
			if (registration.active && registration.waiting) this.newer = true;
		};
		registration.addEventListener('updatefound', () =>
			registration.installing?.addEventListener('statechange', see)
		);
		see();
	}

	/** When another tab has taken a version, this one may not go on with the one before: from the first moment. */
	#follow(container: ServiceWorkerContainer | undefined): void {
		let controlled = container?.controller != null;
		container?.addEventListener('controllerchange', () => {
			if (controlled) void this.#quiet().then(this.#parts.reload);
			controlled = true;
		});
	}

	/** Settles when no tab talks with a lock. */
	async #quiet(): Promise<void> {
		const { locks } = this.#parts;
		while (locks && (await talks(locks))) await new Promise((next) => setTimeout(next, SOON));
	}
}

/**
 * Asks the worker of this version for something, so that it runs; soon settles, whatever comes of it. Chrome sends
 * a running one to rest when the next may begin, but forgets one that is starting just then, and waits until
 * it rests by itself: half a minute.
 */
async function wake(): Promise<void> {
	await fetch(KEPT, { signal: AbortSignal.timeout(START_WITHIN) }).catch(() => undefined);
}

async function talks(locks: LockManager): Promise<boolean> {
	const { held = [] } = await locks.query();
	return held.some(({ name }) => name?.startsWith(LOCK_TALKS));
}
