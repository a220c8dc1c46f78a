/**
 * The virtual padlock of the demo. Nothing else of the app needs the firmware, so this file is loaded
 * by dynamic import only.
 */
import { createSubscriber } from 'svelte/reactivity';
import { DemoReply } from '../api/app/demo.ts';
import type { Connect } from '../link/link.ts';
import { memoryConnector, type Ear, type Peer } from '../link/memory.ts';
import type { Bytes } from '../protocol/bytes.ts';
import { DemoStore, type DemoRecord } from '../vault/demo-store.ts';
import { factoryState, VirtualPadlock, type View } from '../virtual/noke/padlock.ts';
import type { Output, PadlockEvent, SavedState } from '../virtual/noke/state.ts';
import { call as callServer, type Call } from './call.ts';
import type { SessionState } from './session.svelte.ts';

/**
 * The padlock of the demo that runs, or of a new one when none runs or the browser has lost its padlock.
 * @throws ClientError, VaultError
 */
export async function openDemo(
	session: SessionState,
	call: Call = callServer,
	store = new DemoStore<SavedState>()
): Promise<DemoPadlock> {
	const me = session.me ?? (await session.refresh());
	const saved = await store.load();
	const company = me.demoEnds === null ? null : me.company?.id;
	if (saved && company === saved.company) return new DemoPadlock(saved, store);
	const { lock, baseKey } = await call(DemoReply, 'POST', '/api/demo');
	const { mac, hardwareType, firmware } = lock;
	const fresh = {
		company: (await session.refresh()).company?.id ?? '',
		mac,
		state: factoryState({ mac, hardwareType, firmware, baseKey })
	};
	await store.save(fresh);
	return new DemoPadlock(fresh, store);
}

/** A padlock in this page: it sleeps, wakes at a press, talks over a link in memory. */
export class DemoPadlock {
	readonly mac: string;
	/** How the app links to it, as to a lock over the radio. */
	readonly connect: Connect;
	readonly #record: DemoRecord<SavedState>;
	readonly #store: Pick<DemoStore<SavedState>, 'save'>;
	readonly #padlock: VirtualPadlock;
	readonly #seen: () => void;
	#changed: () => void = () => undefined;
	#ear: Ear | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#latest = 0;
	/** What the padlock does, one after the other: its answer waits until its flash is written. */
	#doing: Promise<void> = Promise.resolve();
	#ended = false;

	constructor(record: DemoRecord<SavedState>, store: Pick<DemoStore<SavedState>, 'save'>) {
		this.mac = record.mac;
		this.#record = record;
		this.#store = store;
		this.#padlock = new VirtualPadlock(record.state);
		this.connect = memoryConnector(this.#peer());
		this.#seen = createSubscriber((update) => {
			this.#changed = update;
		});
	}

	/** What a drawing of it shows; reactive. */
	get state(): View {
		this.#seen();
		return this.#padlock.view();
	}

	/** Somebody presses the button under it. */
	press(): void {
		this.#happen({ kind: 'press' });
	}

	/** Somebody pushes the shackle home. */
	closeShackle(): void {
		this.#happen({ kind: 'close' });
	}

	/** Stops its timer; another `openDemo` goes on from what was stored. */
	end(): void {
		this.#happen({ kind: 'disconnect' });
		this.#ended = true;
		clearTimeout(this.#timer);
	}

	#peer(): Peer {
		return {
			connect: (ear) => {
				const outputs = this.#happen({
					kind: 'connect',
					entropy: crypto.getRandomValues(new Uint8Array(16))
				});
				if (outputs.some((output) => 'refused' in output)) return null;
				this.#ear = ear;
				return this.#padlock.hello;
			},
			subscribe: () => void this.#happen({ kind: 'subscribe', on: true }),
			write: (bytes: Bytes) => void this.#happen({ kind: 'write', bytes }),
			disconnect: () => {
				this.#ear = null;
				this.#happen({ kind: 'disconnect' });
			}
		};
	}

	#happen(event: PadlockEvent): readonly Output[] {
		if (this.#ended) return [{ refused: 'asleep' }];
		// The firmware's time never runs back, whatever the clock of this machine does.
		this.#latest = Math.max(this.#latest, Date.now());
		const outputs = this.#padlock.receive(event, this.#latest);
		const ear = this.#ear;
		for (const output of outputs) this.#doing = this.#doing.then(() => this.#do(output, ear));
		clearTimeout(this.#timer);
		const due = this.#padlock.nextWake;
		if (due !== null)
			this.#timer = setTimeout(() => this.#happen({ kind: 'tick' }), Math.max(0, due - Date.now()));
		this.#changed();
		return outputs;
	}

	async #do(output: Output, ear: Ear | null): Promise<void> {
		// A full disk ends no demo: the padlock then forgets as soon as the page is closed.
		if ('save' in output)
			await this.#store.save({ ...this.#record, state: output.save }).catch(() => undefined);
		if (ear !== this.#ear) return;
		if ('notify' in output) ear?.notify(output.notify);
		if ('disconnect' in output) {
			this.#ear = null;
			ear?.hangUp();
		}
	}
}
