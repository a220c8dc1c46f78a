import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import { factoryState, VirtualPadlock } from '../../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent } from '../../../src/lib/virtual/noke/state.ts';
import type { KeySet } from '../../../src/lib/virtual/noke/keyset.ts';
import { activeKeys } from '../../../src/lib/virtual/noke/store.ts';

export const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

let connections = 0;

/** A virtual padlock with a hand on its button and a phone that does as it is told. */
export class TestLock {
	readonly mac: string;
	/** Milliseconds since 1970; goes on by itself only while a motor turns. */
	now: number;
	#lock: VirtualPadlock;

	constructor(mac: string, hardwareType = '4I', now = Date.now(), firmware = '4.25') {
		this.mac = mac;
		this.now = now;
		this.#lock = new VirtualPadlock(
			factoryState({ mac, hardwareType, firmware, baseKey: BASE_KEY })
		);
	}

	/** Another lock in the same state: what is tried on it, this one never learns. */
	twin(): TestLock {
		const twin = new TestLock(this.mac, '4I', this.now);
		twin.#lock = new VirtualPadlock(this.#lock.saved);
		return twin;
	}

	/** Presses, connects, switches notifications on. Returns the session in hex. */
	connect(): string {
		const entropy = new Uint8Array(16);
		new DataView(entropy.buffer).setUint32(4, ++connections);
		this.#do({ kind: 'press' });
		this.#do({ kind: 'connect', entropy });
		this.#do({ kind: 'subscribe', on: true });
		return toHex(this.#lock.hello!);
	}

	disconnect(): void {
		this.#do({ kind: 'disconnect' });
	}

	close(): void {
		this.#do({ kind: 'close' });
	}

	cutPower(): void {
		this.#do({ kind: 'power-cut' });
	}

	/** Puts a fresh battery in where few motor runs are left in the old one: it lasts for some 500. */
	careForBattery(): void {
		if (this.#lock.view().millivolts < 2_650) this.#do({ kind: 'power-cut', millivolts: 3_050 });
	}

	get shackle(): string {
		return this.#lock.view().shackle;
	}

	get name(): string {
		return this.#lock.view().name;
	}

	/** What is in its flash. */
	get holds(): KeySet<string> {
		return activeKeys(this.#lock.saved.flash);
	}

	/** 16 bytes in hex. */
	get masterKey(): string {
		return this.holds.master;
	}

	get engaged(): boolean {
		return this.#lock.view().engaged;
	}

	get isUpdating(): boolean {
		return this.#lock.view().firmwareMode;
	}

	/** Presses a code on the button, waits the pause out, and the motor. Returns whether it opened. */
	enter(code: string): boolean {
		const before = this.shackle;
		for (const press of code) {
			this.#do({ kind: 'press' });
			this.now += press === '1' ? 600 : 100;
			this.#do({ kind: 'release' });
			this.now += 300;
		}
		const until = this.now + 5_000;
		for (let at = this.#lock.nextWake; at !== null && at <= until; at = this.#lock.nextWake) {
			this.now = Math.max(this.now, at);
			this.#do({ kind: 'tick' });
		}
		this.now = until;
		return before === 'closed' && this.shackle === 'open';
	}

	/** Writes packets one after the other; the answers of each: results, and packets for the server. */
	write(packets: readonly (Bytes | string)[]): {
		results: number[];
		server: string[];
		notified: Bytes[];
	} {
		const results: number[] = [];
		const notified: Bytes[] = [];
		const server: string[] = [];
		for (const packet of packets) {
			const bytes = typeof packet === 'string' ? fromHex(packet) : packet;
			const outputs = [...this.#do({ kind: 'write', bytes })];
			while (!outputs.some(isResult) && this.#lock.nextWake !== null && this.#lock.hello) {
				this.now = Math.max(this.now, this.#lock.nextWake);
				outputs.push(...this.#do({ kind: 'tick' }));
			}
			for (const output of outputs) {
				if (!('notify' in output)) continue;
				notified.push(output.notify);
				if (output.notify[0] === 0x50) server.push(toHex(output.notify));
				else results.push(output.notify[1]!);
			}
		}
		return { results, server, notified };
	}

	#do(event: PadlockEvent): readonly Output[] {
		return this.#lock.receive(event, this.now);
	}
}

function isResult(output: Output): boolean {
	return 'notify' in output && output.notify[0] === 0x51;
}
