import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import { factoryFob, VirtualFob } from '../../../src/lib/virtual/noke/fob.ts';
import type { FobEvent, FobOutput } from '../../../src/lib/virtual/noke/fob-state.ts';
import { BASE_KEY, type TestLock } from './test-lock.ts';

let connections = 0;

/** A virtual fob in a hand, that a phone syncs and that is carried to locks. */
export class TestFob {
	readonly mac: string;
	#fob: VirtualFob;
	/** Always after what was before; a fob has no clock. */
	#now = 0;

	constructor(mac: string) {
		this.mac = mac;
		const identity = { mac, hardwareType: '2F', firmware: '1.2' };
		this.#fob = new VirtualFob(factoryFob({ ...identity, baseKey: BASE_KEY }));
	}

	/** The MACs of the locks it holds something for. */
	get locks(): readonly string[] {
		return this.#fob.view().locks;
	}

	/** Squeezes, connects, switches notifications on. Returns the session in hex. */
	connect(): string {
		const entropy = new Uint8Array(16);
		new DataView(entropy.buffer).setUint32(8, ++connections);
		this.#do({ kind: 'squeeze' });
		this.#do({ kind: 'connect', entropy });
		this.#do({ kind: 'subscribe', on: true });
		return toHex(this.#fob.hello!);
	}

	disconnect(): void {
		this.#do({ kind: 'disconnect' });
	}

	/** Writes packets one after the other: the results, and packets for the server. */
	write(packets: readonly (Bytes | string)[]): { results: number[]; server: string[] } {
		const results: number[] = [];
		const server: string[] = [];
		for (const packet of packets) {
			const bytes = typeof packet === 'string' ? fromHex(packet) : packet;
			for (const output of this.#do({ kind: 'write', bytes })) {
				if (!('notify' in output)) continue;
				if (output.notify[0] === 0x50) server.push(toHex(output.notify));
				else results.push(output.notify[1]!);
			}
		}
		return { results, server };
	}

	/** Is squeezed beside a lock that somebody has woken. Returns whether that lock opened. */
	opens(lock: TestLock): boolean {
		const before = lock.shackle;
		this.#do({ kind: 'squeeze' });
		const [reach] = this.#do({ kind: 'hear', name: lock.name });
		if (reach === undefined || !('reach' in reach)) return false;
		const state = fromHex(lock.connect());
		const queue = [...this.#do({ kind: 'reached', state })];
		for (let output = queue.shift(); output !== undefined; output = queue.shift()) {
			if ('leave' in output) lock.disconnect();
			if (!('write' in output)) continue;
			for (const bytes of lock.write([output.write]).notified)
				queue.push(...this.#do({ kind: 'notified', bytes }));
		}
		return before === 'closed' && lock.shackle === 'open';
	}

	#do(event: FobEvent): readonly FobOutput[] {
		this.#now += 100;
		return this.#fob.receive(event, this.#now);
	}
}
