import { createSubscriber } from 'svelte/reactivity';
import type { Connect } from '../link/link.ts';
import { memoryConnector, type Ear, type Peer } from '../link/memory.ts';
import type { Bytes } from '../protocol/bytes.ts';
import type { DemoRecord } from '../vault/demo-store.ts';

/** What happens to every device. */
type Happening =
	| { kind: 'connect'; entropy: Bytes }
	| { kind: 'subscribe'; on: boolean }
	| { kind: 'write'; bytes: Bytes }
	| { kind: 'disconnect' }
	| { kind: 'tick' };

/** Its firmware: a state machine. Times are milliseconds since 1970. */
interface Firmware<Event, Output, View> {
	readonly hello: Bytes | null;
	readonly nextWake: number | null;
	receive(event: Event | Happening, now: number): readonly Output[];
	view(): View;
}

export interface DeviceParts<Event, Output, Saved, View> {
	record: DemoRecord<Saved>;
	store: { save(record: DemoRecord<Saved>): Promise<unknown> };
	firmware: Firmware<Event, Output, View>;
	/** What this kind of device does besides. */
	also?: (output: Output) => void;
}

/** A device of the demo in this page: gives its firmware the time, a flash and a link in memory. */
export class DemoDevice<Event, Output extends object, Saved, View> {
	/** How the app links to it, as to one over the radio. */
	readonly connect: Connect;
	readonly #parts: DeviceParts<Event, Output, Saved, View>;
	readonly #seen: () => void;
	#changed: () => void = () => undefined;
	#ear: Ear | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#latest = 0;
	/** What it does, one after the other: its answer waits until its flash is written. */
	#doing: Promise<void> = Promise.resolve();
	#ended = false;

	constructor(parts: DeviceParts<Event, Output, Saved, View>) {
		this.#parts = parts;
		this.connect = memoryConnector(this.#peer());
		this.#seen = createSubscriber((update) => {
			this.#changed = update;
		});
	}

	/** What a drawing of it shows; reactive. */
	get state(): View {
		this.#seen();
		return this.#parts.firmware.view();
	}

	happen(event: Event | Happening): readonly Output[] {
		if (this.#ended) return [];
		const { firmware } = this.#parts;
		// The firmware's time never runs back, whatever the clock of this machine does.
		this.#latest = Math.max(this.#latest, Date.now());
		const outputs = firmware.receive(event, this.#latest);
		const ear = this.#ear;
		for (const output of outputs) this.#doing = this.#doing.then(() => this.#do(output, ear));
		clearTimeout(this.#timer);
		const due = firmware.nextWake;
		if (due !== null)
			this.#timer = setTimeout(() => this.happen({ kind: 'tick' }), Math.max(0, due - Date.now()));
		this.#changed();
		return outputs;
	}

	/** Puts it away, as it is: nothing happens to it any more. */
	end(): void {
		this.happen({ kind: 'disconnect' });
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#ear?.hangUp();
		this.#ear = null;
	}

	#peer(): Peer {
		return {
			connect: (ear) => {
				const entropy = crypto.getRandomValues(new Uint8Array(16));
				const outputs = this.happen({ kind: 'connect', entropy });
				if (this.#ended || outputs.some((output) => 'refused' in output)) return null;
				this.#ear = ear;
				return this.#parts.firmware.hello;
			},
			subscribe: () => void this.happen({ kind: 'subscribe', on: true }),
			write: (bytes) => void this.happen({ kind: 'write', bytes }),
			disconnect: () => {
				this.#ear = null;
				this.happen({ kind: 'disconnect' });
			}
		};
	}

	async #do(output: Output, ear: Ear | null): Promise<void> {
		const { record, store, also } = this.#parts;
		// A full disk ends no demo: the device then forgets as soon as the page is closed.
		if ('save' in output)
			await store.save({ ...record, state: output.save as Saved }).catch(() => undefined);
		also?.(output);
		if (ear !== this.#ear) return;
		if ('notify' in output) ear?.notify(output.notify as Bytes);
		if ('disconnect' in output) {
			this.#ear = null;
			ear?.hangUp();
		}
	}
}
