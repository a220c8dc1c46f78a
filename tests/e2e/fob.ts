import { setTimeout as sleep } from 'node:timers/promises';
import { factoryFob, VirtualFob, type FobView } from '../../src/lib/virtual/noke/fob.ts';
import type { FobEvent, FobOutput } from '../../src/lib/virtual/noke/fob-state.ts';
import type { OnAir, RadioLock } from './air.ts';
import { BASE_KEY, type RadioPadlock } from './lock.ts';

/** A virtual fob on the emulated radio, and the hand that squeezes it. */
export class RadioFob implements RadioLock {
	readonly mac: string;
	readonly #fob: VirtualFob;
	#air: OnAir | null = null;
	/** The one beside it. */
	#lock: RadioPadlock | null = null;
	#send: (packet: Uint8Array) => void = () => undefined;
	#drop: () => void = () => undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(mac: string) {
		this.mac = mac;
		const identity = { mac, hardwareType: '2F', firmware: '1.2' };
		this.#fob = new VirtualFob(factoryFob({ ...identity, baseKey: BASE_KEY }));
	}

	get name(): string {
		return this.view.name;
	}

	get view(): FobView {
		return this.#fob.view();
	}

	/** Tells the radio when it sleeps. */
	on(air: OnAir): void {
		this.#air = air;
		this.#settle();
	}

	squeeze(): void {
		this.#happen({ kind: 'squeeze' });
	}

	/** Is squeezed beside a lock that somebody has woken: no phone takes part. */
	async opens(lock: RadioPadlock): Promise<boolean> {
		const before = lock.openings;
		this.#lock = lock;
		const leave = lock.beside((bytes) => this.#happen({ kind: 'notified', bytes }));
		this.#happen({ kind: 'squeeze' });
		this.#happen({ kind: 'hear', name: lock.name });
		while (this.view.opening) await sleep(10);
		leave();
		return lock.openings === before + 1;
	}

	/** Takes it away from the test: its timer ends. */
	end(): void {
		clearTimeout(this.#timer);
	}

	read(): Uint8Array {
		return this.#fob.hello ?? new Uint8Array();
	}

	subscribe(on: boolean): void {
		this.#happen({ kind: 'subscribe', on });
	}

	write(bytes: Uint8Array): void {
		this.#happen({ kind: 'write', bytes });
	}

	connected(): void {
		const entropy = crypto.getRandomValues(new Uint8Array(16));
		const outputs = this.#happen({ kind: 'connect', entropy });
		if (outputs.some((output) => 'refused' in output)) this.#drop();
	}

	disconnected(): void {
		this.#happen({ kind: 'disconnect' });
	}

	onNotify(send: (packet: Uint8Array) => void): void {
		this.#send = send;
	}

	onDrop(drop: () => void): void {
		this.#drop = drop;
	}

	#happen(event: FobEvent): readonly FobOutput[] {
		const outputs = this.#fob.receive(event, Date.now());
		for (const output of outputs) {
			if ('notify' in output) this.#send(output.notify);
			if ('disconnect' in output) this.#drop();
			if ('reach' in output) this.#reach();
			if ('write' in output) this.#lock?.write(output.write);
			if ('leave' in output) this.#lock?.disconnected();
		}
		this.#settle();
		return outputs;
	}

	#reach(): void {
		this.#lock?.connected();
		this.#lock?.subscribe(true);
		this.#happen({ kind: 'reached', state: this.#lock?.read() ?? new Uint8Array() });
	}

	#settle(): void {
		clearTimeout(this.#timer);
		const due = this.#fob.nextWake;
		if (due !== null) {
			const tick = () => this.#happen({ kind: 'tick' });
			this.#timer = setTimeout(tick, Math.max(0, due - Date.now()));
		}
		if (this.#air) this.#air.connecting = this.view.awake ? null : 'refuse';
	}
}
