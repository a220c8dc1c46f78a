import type { OnAir, RadioLock } from './air.ts';
import type { Gatt } from './gatt.ts';

/** A pure machine of the virtual room, driven with the time of this process. */
export interface Machine<Event, Output> {
	receive(event: Event, now: number): readonly Output[];
	/** When its next tick is due. */
	readonly nextWake: number | null;
	/** What a phone reads first. */
	readonly hello: Uint8Array | null;
}

/** What the radio does to every machine. */
type LinkEvent =
	| { kind: 'connect'; entropy: Uint8Array }
	| { kind: 'subscribe'; on: boolean }
	| { kind: 'write'; bytes: Uint8Array }
	| { kind: 'disconnect' }
	| { kind: 'tick' };

/** A virtual device on the emulated radio: its machine, its timer, and the way to the phone. */
export abstract class RadioDevice<
	Event extends object,
	Output extends object
> implements RadioLock {
	abstract readonly name: string;
	abstract readonly gatt: Gatt;
	/** Packets that the phone has written to it. */
	written = 0;
	readonly #machine: Machine<Event | LinkEvent, Output>;
	#air: OnAir | null = null;
	#send: (packet: Uint8Array) => void = () => undefined;
	#drop: () => void = () => undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Milliseconds that have passed for it alone. */
	#ahead = 0;

	protected constructor(machine: Machine<Event | LinkEvent, Output>) {
		this.#machine = machine;
	}

	/** Joins it to its place on the air, where it may show that it sleeps. */
	on(air: OnAir): void {
		this.#air = air;
		this.#settle();
	}

	/** Takes it away from the test: its timer ends. */
	end(): void {
		clearTimeout(this.#timer);
	}

	/** Time passes for it alone: its clock, its timers. */
	wait(milliseconds: number): void {
		this.#ahead += milliseconds;
		this.happen({ kind: 'tick' });
	}

	/** Something else than the phone talks with it and hears it, until the answer is called. */
	beside(hear: (packet: Uint8Array) => void): () => void {
		const [send, drop] = [this.#send, this.#drop];
		[this.#send, this.#drop] = [hear, () => undefined];
		return () => void ([this.#send, this.#drop] = [send, drop]);
	}

	read(): Uint8Array {
		return this.#machine.hello ?? new Uint8Array();
	}

	subscribe(on: boolean): void {
		this.happen({ kind: 'subscribe', on });
	}

	write(bytes: Uint8Array): void {
		this.written++;
		this.happen({ kind: 'write', bytes });
	}

	connected(): void {
		const entropy = crypto.getRandomValues(new Uint8Array(16));
		const outputs = this.happen({ kind: 'connect', entropy });
		if (outputs.some((output) => 'refused' in output)) this.#drop();
	}

	disconnected(): void {
		this.happen({ kind: 'disconnect' });
	}

	onNotify(send: (packet: Uint8Array) => void): void {
		this.#send = send;
	}

	onDrop(drop: () => void): void {
		this.#drop = drop;
	}

	/** Something happens to it now; what it says goes out, in order. */
	protected happen(event: Event | LinkEvent): readonly Output[] {
		const outputs = this.#machine.receive(event, Date.now() + this.#ahead);
		for (const output of outputs) {
			if ('notify' in output) this.#send(output.notify as Uint8Array);
			if ('disconnect' in output) this.#drop();
			this.does(output);
		}
		this.#settle();
		return outputs;
	}

	/** What it does beyond talking with the phone. */
	protected does(_output: Output): void {
		return;
	}

	/** Whether it sleeps by now: tells its place on the air. */
	protected settled(_air: OnAir): void {
		return;
	}

	#settle(): void {
		clearTimeout(this.#timer);
		const due = this.#machine.nextWake;
		if (due !== null) {
			const tick = () => this.happen({ kind: 'tick' });
			this.#timer = setTimeout(tick, Math.max(0, due - Date.now() - this.#ahead));
		}
		if (this.#air) this.settled(this.#air);
	}
}
