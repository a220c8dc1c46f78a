import { createSubscriber } from 'svelte/reactivity';
import type { Connect } from '../link/link.ts';
import { memoryConnector, type Ear, type Peer } from '../link/memory.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { DemoRecord, DemoStore } from '../vault/demo-store.ts';

/** A pure machine of the virtual room: padlock, fob, door lock. */
export interface Machine<Event, Output, View> {
	receive(event: Event, now: number): readonly Output[];
	/** When its next tick is due. */
	readonly nextWake: number | null;
	/** What a phone reads first; null while it takes no link. */
	readonly hello: Bytes | null;
	view(): View;
}

/** What a link does to every machine. */
type LinkEvent =
	| { kind: 'connect'; entropy: Uint8Array }
	| { kind: 'subscribe'; on: boolean }
	| { kind: 'write'; bytes: Uint8Array }
	| { kind: 'disconnect' }
	| { kind: 'tick' };

/** What machines have in common that they do. */
type LinkOutput<Saved> =
	{ notify: Bytes } | { save: Saved } | { disconnect: true } | { refused: 'asleep' | 'taken' };

/** What is kept of a device, and where. */
export interface DemoPlace<Saved> {
	record: DemoRecord<Saved>;
	store: Pick<DemoStore<Saved>, 'save'>;
}

/** A virtual device in this page: the app talks with it over a link in memory, as over the radio. */
export abstract class DemoDevice<Event extends object, Output extends object, View, Saved> {
	readonly mac: string;
	/** How the app links to it, as to a device over the radio. */
	readonly connect: Connect;
	readonly #place: DemoPlace<Saved>;
	readonly #machine: Machine<Event | LinkEvent, Output | LinkOutput<Saved>, View>;
	readonly #seen: () => void;
	#changed: () => void = () => undefined;
	#ear: Ear | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#latest = 0;
	/** What it does, one after the other: its answer waits until its flash is written. */
	#doing: Promise<void> = Promise.resolve();
	#ended = false;

	protected constructor(
		place: DemoPlace<Saved>,
		machine: Machine<Event | LinkEvent, Output | LinkOutput<Saved>, View>
	) {
		this.mac = place.record.mac;
		this.#place = place;
		this.#machine = machine;
		this.connect = memoryConnector(this.#peer());
		this.#seen = createSubscriber((update) => {
			this.#changed = update;
		});
	}

	/** What a drawing of it shows; reactive. */
	get state(): View {
		this.#seen();
		return this.#machine.view();
	}

	/** Puts it away, as it is; what was stored goes on another time. */
	end(): void {
		this.happen({ kind: 'disconnect' });
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#ear?.hangUp();
		this.#ear = null;
	}

	/** Something happens to it now. */
	protected happen(event: Event | LinkEvent): readonly (Output | LinkOutput<Saved>)[] {
		if (this.#ended) return [{ refused: 'asleep' }];
		// The firmware's time never runs back, whatever the clock of this machine does.
		this.#latest = Math.max(this.#latest, Date.now());
		const outputs = this.#machine.receive(event, this.#latest);
		const ear = this.#ear;
		for (const output of outputs) this.#doing = this.#doing.then(() => this.#do(output, ear));
		clearTimeout(this.#timer);
		const due = this.#machine.nextWake;
		if (due !== null)
			this.#timer = setTimeout(() => this.happen({ kind: 'tick' }), Math.max(0, due - Date.now()));
		this.#changed();
		return outputs;
	}

	/** What it does beyond talking with the phone. */
	protected does(_output: Output): void {
		return;
	}

	#peer(): Peer {
		return {
			connect: (ear) => {
				const entropy = crypto.getRandomValues(new Uint8Array(16));
				const outputs = this.happen({ kind: 'connect', entropy });
				if (outputs.some((output) => 'refused' in output)) return null;
				this.#ear = ear;
				return this.#machine.hello;
			},
			subscribe: () => void this.happen({ kind: 'subscribe', on: true }),
			write: (bytes) => void this.happen({ kind: 'write', bytes }),
			disconnect: () => {
				this.#ear = null;
				this.happen({ kind: 'disconnect' });
			}
		};
	}

	async #do(output: Output | LinkOutput<Saved>, ear: Ear | null): Promise<void> {
		const { record, store } = this.#place;
		// A full disk ends no demo: the device then forgets as soon as the page is closed.
		if ('save' in output)
			await store.save({ ...record, state: output.save as Saved }).catch(() => undefined);
		this.does(output as Output);
		if (ear !== this.#ear) return;
		if ('notify' in output) ear?.notify(output.notify as Bytes);
		if ('disconnect' in output) {
			this.#ear = null;
			ear?.hangUp();
		}
	}
}
