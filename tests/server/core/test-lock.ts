import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import { factoryState, VirtualPadlock } from '../../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent } from '../../../src/lib/virtual/noke/state.ts';

export const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

let connections = 0;

/** A virtual padlock with a hand on its button and a phone that does as it is told. */
export class TestLock {
	readonly mac: string;
	/** Milliseconds since 1970; goes on by itself only while a motor turns. */
	now: number;
	#lock: VirtualPadlock;

	constructor(mac: string, hardwareType = '4I', now = Date.now()) {
		this.mac = mac;
		this.now = now;
		this.#lock = new VirtualPadlock(
			factoryState({ mac, hardwareType, firmware: '4.25', baseKey: BASE_KEY })
		);
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

	get shackle(): string {
		return this.#lock.view().shackle;
	}

	/** Writes packets one after the other; the answers of each: results, and packets for the server. */
	write(packets: readonly (Bytes | string)[]): { results: number[]; server: string[] } {
		const results: number[] = [];
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
				if (output.notify[0] === 0x50) server.push(toHex(output.notify));
				else results.push(output.notify[1]!);
			}
		}
		return { results, server };
	}

	#do(event: PadlockEvent): readonly Output[] {
		return this.#lock.receive(event, this.now);
	}
}

function isResult(output: Output): boolean {
	return 'notify' in output && output.notify[0] === 0x51;
}
