import { untrack } from 'svelte';
import type { Lock } from '../api/app/locks.ts';
import { WebBluetooth, type Chosen } from '../link/bluetooth.ts';
import type { Connect } from '../link/link.ts';
import { VENDORS } from '../protocol/vendors.ts';
import { Outbox } from '../vault/outbox.ts';
import { Vault } from '../vault/store.ts';
import type { DemoPadlock } from './demo.ts';
import { failureOf } from './failures.ts';
import { LockConversation } from './lock.svelte.ts';
import type { FailureCode } from './phases.ts';
import type { SessionState } from './session.svelte.ts';
import { Sync } from './sync.svelte.ts';

type Known = Pick<Lock, 'mac' | 'hardwareType'>;

/** The conversations of one visit: they outlive pages, and so do devices once chosen. */
export class Talks {
	/** Why the chooser found no lock, or null. */
	trouble: FailureCode | null = $state(null);
	/** The padlock of the demo, once it is loaded. */
	demo: DemoPadlock | null = $state.raw(null);
	readonly sync: Sync;
	readonly #session: SessionState;
	readonly #bluetooth: WebBluetooth;
	readonly #talks = new Map<string, LockConversation>();
	#openingDemo: Promise<DemoPadlock> | null = null;

	constructor(session: SessionState) {
		this.#session = session;
		this.#bluetooth = new WebBluetooth(VENDORS.noke.profile, navigator.bluetooth);
		this.sync = new Sync({
			outbox: new Outbox(new Vault()),
			company: () => session.me?.company?.id ?? null,
			locks: navigator.locks,
			network: window
		});
		// Whoever signs in finds what waits for their company's locks; Talks live as long as the page.
		$effect.root(() => {
			$effect(() => {
				if (session.me?.company) void untrack(() => this.sync.flush());
			});
		});
	}

	/** The conversation with this lock, the same one every time. */
	with(lock: Known): LockConversation {
		const known = this.#talks.get(lock.mac);
		if (known) return known;
		const talk = new LockConversation({
			mac: lock.mac,
			connect: this.#connector(lock),
			sync: this.sync,
			locks: navigator.locks
		});
		this.#talks.set(lock.mac, talk);
		return talk;
	}

	/**
	 * Lets the person choose any lock nearby; needs a user gesture. Null when it was cancelled.
	 * @throws LinkError
	 */
	choose(): Promise<Chosen | null> {
		return this.#bluetooth.choose();
	}

	/** Lets the person choose among the locks nearby, and opens the one they chose. */
	async nearest<L extends Known>(locks: readonly L[], found: (lock: L) => unknown): Promise<void> {
		this.trouble = null;
		try {
			const chosen = await this.choose();
			if (!chosen) return;
			const lock = locks.find(({ mac }) => mac === chosen.mac);
			if (!lock) {
				this.trouble = 'foreign';
				return;
			}
			void this.with(lock).open('unlock');
			await found(lock);
		} catch (cause) {
			this.trouble = failureOf(cause);
		}
	}

	/** Loads the demo's padlock, or begins a demo. @throws ClientError, VaultError */
	openDemo(): Promise<DemoPadlock> {
		this.#openingDemo ??= import('./demo.ts')
			.then(({ openDemo }) => openDemo(this.#session))
			.then((padlock) => (this.demo = padlock));
		this.#openingDemo.catch(() => (this.#openingDemo = null));
		return this.#openingDemo;
	}

	/** Ends the demo on this page, before somebody else signs in. */
	endDemo(): void {
		this.demo?.end();
		this.demo = this.#openingDemo = null;
	}

	#connector(lock: Known): Connect {
		const radio = this.#bluetooth.connector(lock);
		return async (wish) => {
			if (!this.#session.me?.demoEnds) return radio(wish);
			const padlock = await this.openDemo();
			return padlock.connect(wish);
		};
	}
}
