import { setTimeout as sleep } from 'node:timers/promises';
import { factoryFob, VirtualFob, type FobView } from '../../src/lib/virtual/noke/fob.ts';
import type { FobEvent, FobOutput } from '../../src/lib/virtual/noke/fob-state.ts';
import type { OnAir } from './air.ts';
import { RadioDevice } from './device.ts';
import { NOKE } from './gatt.ts';
import { BASE_KEY, type RadioPadlock } from './lock.ts';

/** A virtual fob on the emulated radio, and the hand that squeezes it. */
export class RadioFob extends RadioDevice<FobEvent, FobOutput> {
	readonly gatt = NOKE;
	readonly mac: string;
	readonly #fob: VirtualFob;
	/** The one beside it. */
	#lock: RadioPadlock | null = null;

	constructor(mac: string) {
		const identity = { mac, hardwareType: '2F', firmware: '1.2' };
		const fob = new VirtualFob(factoryFob({ ...identity, baseKey: BASE_KEY }));
		super(fob);
		this.mac = mac;
		this.#fob = fob;
	}

	get name(): string {
		return this.view.name;
	}

	get view(): FobView {
		return this.#fob.view();
	}

	squeeze(): void {
		this.happen({ kind: 'squeeze' });
	}

	/** Is squeezed beside a lock that somebody has woken: no phone takes part. */
	async opens(lock: RadioPadlock): Promise<boolean> {
		const before = lock.openings;
		this.#lock = lock;
		const leave = lock.beside((bytes) => this.happen({ kind: 'notified', bytes }));
		this.happen({ kind: 'squeeze' });
		this.happen({ kind: 'hear', name: lock.name });
		while (this.view.opening) await sleep(10);
		leave();
		return lock.openings === before + 1;
	}

	protected override does(output: FobOutput): void {
		if ('reach' in output) this.#reach();
		if ('write' in output) this.#lock?.write(output.write);
		if ('leave' in output) this.#lock?.disconnected();
	}

	protected override settled(air: OnAir): void {
		air.connecting = this.view.awake ? null : 'refuse';
	}

	#reach(): void {
		this.#lock?.connected();
		this.#lock?.subscribe(true);
		this.happen({ kind: 'reached', state: this.#lock?.read() ?? new Uint8Array() });
	}
}
