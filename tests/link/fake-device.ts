import type { Profile } from '../../src/lib/protocol/vendors.ts';

/** Never settles, as Chrome's promises do when a device says nothing. */
export const never = <T>(): Promise<T> => new Promise(() => undefined);

/** A device as Web Bluetooth shows it, as far as a link uses it. Tests replace what should go wrong. */
export class FakeDevice extends EventTarget {
	readonly name: string;
	/** Every operation, in the order they were begun. */
	readonly log: string[] = [];
	/** Most operations that ran at one time. */
	overlap = 0;
	connected = false;
	/** Listeners that are still there. */
	listeners = 0;
	answers = {
		connect: (): Promise<void> => Promise.resolve(),
		discover: (): Promise<void> => Promise.resolve(),
		read: (): Promise<Uint8Array<ArrayBuffer>> => Promise.resolve(new Uint8Array(20).fill(7)),
		subscribe: (): Promise<void> => Promise.resolve(),
		write: (_packet: Uint8Array): Promise<void> => Promise.resolve()
	};
	withResponse = false;
	tx: (EventTarget & { value?: DataView }) | null = null;
	readonly #profile: Profile;
	#running = 0;

	constructor(name: string, profile: Profile) {
		super();
		this.name = name;
		this.#profile = profile;
	}

	override addEventListener(
		type: string,
		listener: EventListenerOrEventListenerObject | null,
		options?: AddEventListenerOptions
	): void {
		this.listeners++;
		options?.signal?.addEventListener('abort', () => this.listeners--);
		super.addEventListener(type, listener, options);
	}

	/** As Web Bluetooth's own type; the parts that a link does not use are missing. */
	get asDevice(): BluetoothDevice {
		return this as unknown as BluetoothDevice;
	}

	get gatt(): BluetoothRemoteGATTServer {
		const isConnected = () => this.connected;
		const gatt = {
			get connected() {
				return isConnected();
			},
			connect: async () => {
				await this.#run('connect', () => this.answers.connect());
				this.connected = true;
			},
			disconnect: () => this.drop(),
			getPrimaryService: async () => {
				await this.#run('discover', () => this.answers.discover());
				return { getCharacteristics: () => Promise.resolve(this.#characteristics()) };
			}
		};
		return gatt as unknown as BluetoothRemoteGATTServer;
	}

	/** The link ends, whoever ended it. */
	drop(): void {
		if (!this.connected) return;
		this.connected = false;
		this.dispatchEvent(new Event('gattserverdisconnected'));
	}

	notify(bytes: Uint8Array<ArrayBuffer>): void {
		this.tx!.value = new DataView(bytes.buffer);
		this.tx!.dispatchEvent(new Event('characteristicvaluechanged'));
	}

	#characteristics(): object[] {
		const { rx, tx, state } = this.#profile;
		const write = (kind: string) => (packet: Uint8Array) =>
			this.#run(kind, () => this.answers.write(packet));
		this.tx = Object.assign(new EventTarget(), {
			uuid: tx,
			startNotifications: () => this.#run('subscribe', () => this.answers.subscribe())
		});
		return [
			this.tx,
			{
				uuid: rx,
				properties: { writeWithoutResponse: !this.withResponse },
				writeValueWithoutResponse: write('write'),
				writeValueWithResponse: write('write with response')
			},
			{
				uuid: state,
				readValue: () =>
					this.#run('read', async () => new DataView((await this.answers.read()).buffer))
			}
		];
	}

	async #run<T>(kind: string, work: () => Promise<T>): Promise<T> {
		this.log.push(kind);
		this.#running++;
		this.overlap = Math.max(this.overlap, this.#running);
		try {
			return await work();
		} finally {
			this.#running--;
		}
	}
}
