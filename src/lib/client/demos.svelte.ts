import type { Connect } from '../link/link.ts';
import type { DemoDoor } from './demo-door.ts';
import type { DemoFob } from './demo-fob.ts';
import type { DemoPadlock } from './demo.ts';
import type { SessionState } from './session.svelte.ts';

/** The virtual devices of the demo: each is loaded when somebody takes it. */
export class Demos {
	/** The padlock of the demo, once it is loaded. */
	padlock: DemoPadlock | null = $state.raw(null);
	/** The fob of the demo, once somebody has taken it. */
	fob: DemoFob | null = $state.raw(null);
	/** The door lock of the demo, once somebody has taken it. */
	door: DemoDoor | null = $state.raw(null);
	readonly #session: SessionState;
	#opening: Promise<DemoPadlock> | null = null;

	constructor(session: SessionState) {
		this.#session = session;
	}

	/** Loads the demo's padlock, or begins a demo. @throws ClientError, VaultError */
	open(): Promise<DemoPadlock> {
		this.#opening ??= import('./demo.ts')
			.then(({ openDemo }) => openDemo(this.#session))
			.then((padlock) => (this.padlock = padlock));
		this.#opening.catch(() => (this.#opening = null));
		return this.#opening;
	}

	/**
	 * The fob of the demo: the one there is, else a new one, where one is wanted.
	 * @throws ClientError, VaultError
	 */
	async openFob(wanted: 'new' | 'known'): Promise<DemoFob | null> {
		const padlock = await this.open();
		const company = this.#session.me?.company?.id ?? '';
		const { newFob, recallFob } = await import('./demo-fob.ts');
		this.fob ??= await recallFob(company, padlock);
		if (wanted === 'new') this.fob ??= await newFob(company, padlock);
		return this.fob;
	}

	/**
	 * The door lock of the demo: the one there is, else a new one in setting mode, where one is wanted.
	 * @throws ClientError, VaultError
	 */
	async openDoor(wanted: 'new' | 'known'): Promise<DemoDoor | null> {
		await this.open();
		const company = this.#session.me?.company?.id ?? '';
		const { newDoor, recallDoor } = await import('./demo-door.ts');
		this.door ??= await recallDoor(company);
		if (wanted === 'new') this.door ??= await newDoor(company);
		return this.door;
	}

	/** Ends the demo on this page, before somebody else signs in. */
	end(): void {
		this.fob?.end();
		this.fob = null;
		this.door?.end();
		this.door = null;
		this.padlock?.end();
		this.padlock = this.#opening = null;
	}

	/** How a link to the device of this MAC is had: to one of these, in a demo, else by the radio. */
	connector(mac: string, radio: Connect): Connect {
		return async (wish) => {
			if (!this.#session.me?.demoEnds) return radio(wish);
			const padlock = await this.open();
			if (mac === padlock.mac) return padlock.connect(wish);
			const fob = await this.openFob('known');
			if (fob?.mac === mac) return fob.connect(wish);
			const door = await this.openDoor('known');
			return door?.mac === mac ? door.connect(wish) : radio(wish);
		};
	}
}
