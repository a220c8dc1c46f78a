/**
 * The virtual fob of the demo, which opens the virtual padlock in the same page. It is loaded by dynamic
 * import only.
 */
import { createSubscriber } from 'svelte/reactivity';
import { FobReply, type AddFobRequest } from '../api/app/fobs.ts';
import { LinkError, type Connect, type Link } from '../link/link.ts';
import { memoryConnector, type Ear, type Peer } from '../link/memory.ts';
import { DemoStore, type DemoRecord } from '../vault/demo-store.ts';
import { factoryFob, VirtualFob, type FobView } from '../virtual/noke/fob.ts';
import type { FobEvent, FobOutput, SavedFob } from '../virtual/noke/fob-state.ts';
import { call as callServer, type Call } from './call.ts';
import type { DemoPadlock } from './demo.ts';

/** Milliseconds between two looks whether the padlock is on the air, and for a link to it. */
const LISTENS = 250;
const REACHES = 2_000;

/** Out of the box, as the demo's padlock is. */
const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

type Store = Pick<DemoStore<SavedFob>, 'load' | 'save'>;

/**
 * The fob of this demo, or null when there is none.
 * @throws VaultError
 */
export async function recallFob(
	company: string,
	padlock: DemoPadlock,
	store: Store = new DemoStore<SavedFob>(undefined, 'fob')
): Promise<DemoFob | null> {
	const record = await store.load();
	return record?.company === company ? new DemoFob(record, store, padlock) : null;
}

/**
 * A new fob, registered at the server.
 * @throws ClientError, VaultError
 */
export async function newFob(
	company: string,
	padlock: DemoPadlock,
	call: Call = callServer,
	store: Store = new DemoStore<SavedFob>(undefined, 'fob')
): Promise<DemoFob> {
	const random = [...crypto.getRandomValues(new Uint8Array(3))];
	const tail = random.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
	const mac = `C0:FF:EE:${tail}`.toUpperCase();
	const body: AddFobRequest = { mac, name: 'Virtual fob' };
	const { fob } = await call(FobReply, 'POST', '/api/fobs', body);
	const identity = { mac: fob.mac, hardwareType: '2F', firmware: '1.2' };
	const record = { company, mac: fob.mac, state: factoryFob({ ...identity, baseKey: BASE_KEY }) };
	await store.save(record);
	return new DemoFob(record, store, padlock);
}

/** A fob in this page: squeezed, it takes what the app writes, and opens the padlock beside it. */
export class DemoFob {
	readonly mac: string;
	/** How the app links to it, as to a fob over the radio. */
	readonly connect: Connect;
	readonly #record: DemoRecord<SavedFob>;
	readonly #store: Pick<Store, 'save'>;
	readonly #fob: VirtualFob;
	readonly #padlock: DemoPadlock;
	readonly #seen: () => void;
	#changed: () => void = () => undefined;
	#ear: Ear | null = null;
	/** To the padlock. */
	#link: Link | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#listening: ReturnType<typeof setInterval> | undefined;
	#latest = 0;
	/** What it does, one after the other: its answer waits until its flash is written. */
	#doing: Promise<void> = Promise.resolve();

	constructor(record: DemoRecord<SavedFob>, store: Pick<Store, 'save'>, padlock: DemoPadlock) {
		this.mac = record.mac;
		this.#record = record;
		this.#store = store;
		this.#fob = new VirtualFob(record.state);
		this.#padlock = padlock;
		this.connect = memoryConnector(this.#peer());
		this.#seen = createSubscriber((update) => {
			this.#changed = update;
		});
	}

	/** What a drawing of it shows; reactive. */
	get state(): FobView {
		this.#seen();
		return this.#fob.view();
	}

	/** Somebody squeezes it: it wakes, and opens the padlock if that is awake or wakes meanwhile. */
	squeeze(): void {
		this.#happen({ kind: 'squeeze' });
		clearInterval(this.#listening);
		this.#listening = setInterval(() => this.#listen(), LISTENS);
		this.#listen();
	}

	/** Puts it away, as it is. */
	end(): void {
		clearTimeout(this.#timer);
		clearInterval(this.#listening);
		this.#link?.close();
		this.#ear?.hangUp();
		this.#ear = null;
	}

	#listen(): void {
		if (!this.#fob.view().awake) return clearInterval(this.#listening);
		const { awake, connected, name } = this.#padlock.state;
		if (awake && !connected) this.#happen({ kind: 'hear', name });
	}

	#peer(): Peer {
		return {
			connect: (ear) => {
				const entropy = crypto.getRandomValues(new Uint8Array(16));
				const outputs = this.#happen({ kind: 'connect', entropy });
				if (outputs.some((output) => 'refused' in output)) return null;
				this.#ear = ear;
				return this.#fob.hello;
			},
			subscribe: () => void this.#happen({ kind: 'subscribe', on: true }),
			write: (bytes) => void this.#happen({ kind: 'write', bytes }),
			disconnect: () => {
				this.#ear = null;
				this.#happen({ kind: 'disconnect' });
			}
		};
	}

	#happen(event: FobEvent): readonly FobOutput[] {
		// The firmware's time never runs back, whatever the clock of this machine does.
		this.#latest = Math.max(this.#latest, Date.now());
		const outputs = this.#fob.receive(event, this.#latest);
		const ear = this.#ear;
		for (const output of outputs) this.#doing = this.#doing.then(() => this.#do(output, ear));
		clearTimeout(this.#timer);
		const due = this.#fob.nextWake;
		if (due !== null)
			this.#timer = setTimeout(() => this.#happen({ kind: 'tick' }), Math.max(0, due - Date.now()));
		this.#changed();
		return outputs;
	}

	async #do(output: FobOutput, ear: Ear | null): Promise<void> {
		// A full disk ends no demo: the fob then forgets as soon as the page is closed.
		if ('save' in output)
			await this.#store.save({ ...this.#record, state: output.save }).catch(() => undefined);
		if ('reach' in output) void this.#reach();
		if ('write' in output) void this.#link?.write(output.write).catch(() => undefined);
		if ('leave' in output) {
			this.#link?.close();
			this.#link = null;
		}
		if (ear !== this.#ear) return;
		if ('notify' in output) ear?.notify(output.notify);
		if ('disconnect' in output) {
			this.#ear = null;
			ear?.hangUp();
		}
	}

	/** Connects to the padlock, as a phone does. */
	async #reach(): Promise<void> {
		const signal = AbortSignal.timeout(REACHES);
		try {
			const link = await this.#padlock.connect({ choose: false, within: REACHES, signal });
			if (link === null) throw new LinkError('no-answer', 'the padlock sleeps');
			this.#link = link;
			link.onBytes((bytes) => this.#happen({ kind: 'notified', bytes }));
			void link.closed.then(() => this.#link === link && this.#happen({ kind: 'lost' }));
			await link.ready;
			this.#happen({ kind: 'reached', state: link.hello });
		} catch {
			this.#happen({ kind: 'lost' });
		}
	}
}
