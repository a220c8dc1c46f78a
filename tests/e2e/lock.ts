import { setTimeout as sleep } from 'node:timers/promises';
import { RECORD_ACTION } from '../../src/lib/protocol/noke/records.ts';
import { factoryState, VirtualPadlock, type View } from '../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent } from '../../src/lib/virtual/noke/state.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import type { OnAir, RadioLock } from './air.ts';

/** What every lock of this family opens with out of the box. */
export const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

const OPENINGS: readonly number[] = [
	RECORD_ACTION.unlocked,
	RECORD_ACTION.unlockedBySlot,
	RECORD_ACTION.setupUnlocked,
	RECORD_ACTION.unshackled
];

/** A virtual padlock on the emulated radio, with the hands of the person who stands before it. */
export class RadioPadlock implements RadioLock {
	readonly mac: string;
	readonly hardwareType: string;
	/** How a sleeping lock shows itself: Chrome waits for ever, or is told at once. */
	asleep: 'silent' | 'refuse' = 'refuse';
	/** Packets that the phone has written to it. */
	written = 0;
	readonly #padlock: VirtualPadlock;
	#air: OnAir | null = null;
	#send: (packet: Uint8Array) => void = () => undefined;
	#drop: () => void = () => undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(mac: string, hardwareType = '4I') {
		this.mac = mac;
		this.hardwareType = hardwareType;
		const identity = { mac, hardwareType, firmware: '4.25' };
		this.#padlock = new VirtualPadlock(factoryState({ ...identity, baseKey: BASE_KEY }));
	}

	get name(): string {
		return this.view.name;
	}

	get view(): View {
		return this.#padlock.view();
	}

	/** How often it has opened, by its own log. */
	get openings(): number {
		const { records } = this.#padlock.saved.flash.log;
		return records.filter(({ action }) => OPENINGS.includes(action)).length;
	}

	/** The limited keys it holds, in hex. */
	get slots(): string[] {
		const { slots } = activeKeys(this.#padlock.saved.flash);
		return Object.values(slots).map(({ key }) => key);
	}

	/** Tells the radio when it sleeps. */
	on(air: OnAir): void {
		this.#air = air;
		this.#settle();
	}

	/** Somebody presses its button. */
	press(): void {
		this.#happen({ kind: 'press' });
	}

	/** Somebody enters a code on its button, and waits for the pause and the motor. */
	async enter(code: string): Promise<void> {
		for (const press of code) {
			this.#happen({ kind: 'press' });
			await sleep(press === '1' ? 450 : 40);
			this.#happen({ kind: 'release' });
			await sleep(40);
		}
		await sleep(2_600);
	}

	/** Somebody pushes the shackle home. */
	close(): void {
		this.#happen({ kind: 'close' });
	}

	/** Something else than the phone talks with it and hears it, until the answer is called. */
	beside(hear: (packet: Uint8Array) => void): () => void {
		const [send, drop] = [this.#send, this.#drop];
		[this.#send, this.#drop] = [hear, () => undefined];
		return () => void ([this.#send, this.#drop] = [send, drop]);
	}

	/** Takes it away from the test: its timer ends. */
	end(): void {
		clearTimeout(this.#timer);
	}

	read(): Uint8Array {
		return this.#padlock.hello ?? new Uint8Array();
	}

	subscribe(on: boolean): void {
		this.#happen({ kind: 'subscribe', on });
	}

	write(packet: Uint8Array): void {
		this.written++;
		this.#happen({ kind: 'write', bytes: packet });
	}

	connected(): void {
		const outputs = this.#happen({
			kind: 'connect',
			entropy: crypto.getRandomValues(new Uint8Array(16))
		});
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

	#happen(event: PadlockEvent): readonly Output[] {
		const outputs = this.#padlock.receive(event, Date.now());
		for (const output of outputs) {
			if ('notify' in output) this.#send(output.notify);
			if ('disconnect' in output) this.#drop();
		}
		this.#settle();
		return outputs;
	}

	#settle(): void {
		clearTimeout(this.#timer);
		const due = this.#padlock.nextWake;
		if (due !== null) {
			const tick = () => this.#happen({ kind: 'tick' });
			this.#timer = setTimeout(tick, Math.max(0, due - Date.now()));
		}
		if (this.#air) this.#air.connecting = this.view.awake ? null : this.asleep;
	}
}
