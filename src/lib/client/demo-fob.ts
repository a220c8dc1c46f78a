/**
 * The virtual fob of the demo, which opens the virtual padlock in the same page. It is loaded by dynamic
 * import only.
 */
import { FobReply, type AddFobRequest } from '../api/app/fobs.ts';
import { LinkError, type Link } from '../link/link.ts';
import { DemoStore } from '../vault/demo-store.ts';
import { factoryFob, VirtualFob, type FobView } from '../virtual/noke/fob.ts';
import type { FobEvent, FobOutput, SavedFob } from '../virtual/noke/fob-state.ts';
import { call as callServer, type Call } from './call.ts';
import { DemoDevice, type DemoPlace } from './demo-device.ts';
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
	return record?.company === company ? new DemoFob({ record, store }, padlock) : null;
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
	return new DemoFob({ record, store }, padlock);
}

/** A fob in this page: squeezed, it takes what the app writes, and opens the padlock beside it. */
export class DemoFob extends DemoDevice<FobEvent, FobOutput, FobView, SavedFob> {
	readonly #fob: VirtualFob;
	readonly #padlock: DemoPadlock;
	/** To the padlock. */
	#link: Link | null = null;
	#listening: ReturnType<typeof setInterval> | undefined;

	constructor(place: DemoPlace<SavedFob>, padlock: DemoPadlock) {
		const fob = new VirtualFob(place.record.state);
		super(place, fob);
		this.#fob = fob;
		this.#padlock = padlock;
	}

	/** Somebody squeezes it: it wakes, and opens the padlock if that is awake or wakes meanwhile. */
	squeeze(): void {
		this.happen({ kind: 'squeeze' });
		clearInterval(this.#listening);
		this.#listening = setInterval(() => this.#listen(), LISTENS);
		this.#listen();
	}

	/** Puts it away, as it is. */
	override end(): void {
		super.end();
		clearInterval(this.#listening);
		this.#link?.close();
	}

	protected override does(output: FobOutput): void {
		if ('reach' in output) void this.#reach();
		if ('write' in output) void this.#link?.write(output.write).catch(() => undefined);
		if ('leave' in output) {
			this.#link?.close();
			this.#link = null;
		}
	}

	#listen(): void {
		if (!this.#fob.view().awake) return clearInterval(this.#listening);
		const { awake, connected, name } = this.#padlock.state;
		if (awake && !connected) this.happen({ kind: 'hear', name });
	}

	/** Connects to the padlock, as a phone does. */
	async #reach(): Promise<void> {
		const signal = AbortSignal.timeout(REACHES);
		try {
			const link = await this.#padlock.connect({ choose: false, within: REACHES, signal });
			if (link === null) throw new LinkError('no-answer', 'the padlock sleeps');
			this.#link = link;
			link.onBytes((bytes) => this.happen({ kind: 'notified', bytes }));
			void link.closed.then(() => this.#link === link && this.happen({ kind: 'lost' }));
			await link.ready;
			this.happen({ kind: 'reached', state: link.hello });
		} catch {
			this.happen({ kind: 'lost' });
		}
	}
}
