import type { Gatt } from './gatt.ts';
import type { Radio } from './radio.ts';
import type { CharacteristicPlan, Peripheral, PeripheralPlan, Reply } from './peripheral.ts';

/** Controller code of a refused connection: "Connection Failed to be Established". */
const CONNECTION_FAILED = 0x3e;
/** ATT code of a refused operation: "Unlikely Error". */
const UNLIKELY = 0x0e;

/** A lock as the radio sees it. */
export interface RadioLock {
	/** Name in the advertisement, with the MAC in it. */
	readonly name: string;
	readonly gatt: Gatt;
	/** Manufacturer data by company identifier, as it advertises now; absent where it has none. */
	readonly manufacturerData?: ReadonlyMap<number, Uint8Array>;
	/** What `gatt.state` reads: for Nokē 20 bytes. */
	read(): Uint8Array;
	/** Notifications of packets on or off. */
	subscribe(on: boolean): void;
	/** A command packet arrived. */
	write(packet: Uint8Array): void;
	/** Takes the function that sends a packet to the phone. */
	onNotify(send: (packet: Uint8Array) => void): void;
	/** Takes the function by which the lock ends the link, after what it has sent. */
	onDrop(drop: () => void): void;
	connected(): void;
	disconnected(): void;
}

/** How the link itself goes wrong: refused at once, or never answered. */
export type Fault = 'refuse' | 'silent';

/**
 * What becomes of a command packet: `lost-link` loses packet and link, `lost-answer` gives the lock the
 * packet and loses the link before anything comes back.
 */
export type Fate = 'arrives' | 'lost-link' | 'lost-answer';

/** A lock on the air; its faults can be set at any time. */
export class OnAir {
	/** `silent` connections are what Chrome shows of a sleeping lock. */
	connecting: Fault | null = null;
	discovering: Fault | null = null;
	reading: Fault | null = null;
	subscribing: Fault | null = null;
	/** Asked for each packet of the phone. */
	fate: (packet: Uint8Array) => Fate = () => 'arrives';
	/** Asked for each packet of the lock; false loses it. */
	delivers: (packet: Uint8Array) => boolean = () => true;
	readonly #radio: Radio;
	#peripheral: Peripheral | undefined;

	private constructor(radio: Radio) {
		this.#radio = radio;
	}

	/** Puts a lock on the air, every operation taking `delay` milliseconds. */
	static async put(radio: Radio, lock: RadioLock, delay: number): Promise<OnAir> {
		const air = new OnAir(radio);
		const peripheral = await radio.add(air.#plan(lock), delay);
		air.#peripheral = peripheral;
		lock.onNotify((packet) => {
			if (air.delivers(packet)) void radio.notify(peripheral, lock.gatt.packets, packet);
		});
		lock.onDrop(() => void radio.hangUp(peripheral));
		return air;
	}

	get peripheral(): Peripheral {
		if (!this.#peripheral) throw new Error('the lock is not on the air yet');
		return this.#peripheral;
	}

	/** What the chooser calls it. */
	get address(): string {
		return this.peripheral.address;
	}

	/** Cuts the link now; the lock stays in reach. */
	drop(): Promise<void> {
		return this.#radio.drop(this.peripheral);
	}

	#plan(lock: RadioLock): PeripheralPlan {
		const reply = (fault: Fault | null, code: number): Reply =>
			fault === 'refuse' ? code : fault === 'silent' ? null : undefined;
		const { gatt } = lock;
		const state: CharacteristicPlan[] = gatt.state
			? [
					{
						uuid: gatt.state,
						properties: { read: true },
						onRead: () => reply(this.reading, UNLIKELY) ?? (this.reading ? null : lock.read())
					}
				]
			: [];
		return {
			name: lock.name,
			manufacturerData: () => lock.manufacturerData ?? new Map(),
			onConnect: () => reply(this.connecting, CONNECTION_FAILED),
			onDiscover: () => reply(this.discovering, CONNECTION_FAILED),
			onLinked: () => lock.connected(),
			onUnlinked: () => lock.disconnected(),
			services: [
				{
					uuid: gatt.service,
					characteristics: [
						{
							uuid: gatt.command,
							properties: { write: gatt.answersWrites, writeWithoutResponse: true },
							onWrite: (packet) => this.#write(lock, packet)
						},
						{
							uuid: gatt.packets,
							properties: { notify: true },
							onSubscribe: (on) => {
								const refusal = reply(this.subscribing, UNLIKELY);
								if (refusal === undefined) lock.subscribe(on);
								return refusal;
							}
						},
						...state
					]
				}
			]
		};
	}

	#write(lock: RadioLock, packet: Uint8Array): Reply {
		// The emulation takes 512 bytes; a real link of these locks cuts them off.
		if (packet.length > lock.gatt.longest)
			this.peripheral.violations.push(`${packet.length} bytes at once`);
		const fate = this.fate(packet);
		if (fate !== 'lost-link') lock.write(packet);
		if (fate === 'arrives') return undefined;
		void this.drop();
		return null;
	}
}
