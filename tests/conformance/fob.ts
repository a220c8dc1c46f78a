import { randomBytes } from 'node:crypto';
import { fromHex, toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { factoryFob, VirtualFob } from '../../src/lib/virtual/noke/fob.ts';
import type { FobEvent, FobOutput } from '../../src/lib/virtual/noke/fob-state.ts';
import { BASE_KEY, said, type Padlock, type Said } from './padlock.ts';

/** A virtual fob out of the box, with a hand that squeezes it and a phone that does as it is told. */
export class Fob {
	readonly mac: string;
	#now = Date.now();
	#fob: VirtualFob;

	constructor(mac: string) {
		this.mac = mac;
		const identity = { mac, hardwareType: '2F', firmware: '1.0' };
		this.#fob = new VirtualFob(factoryFob({ ...identity, baseKey: BASE_KEY }));
	}

	/** Squeezes, connects, switches notifications on. Returns the session in hex. */
	connect(): string {
		this.#do({ kind: 'squeeze' });
		this.#do({ kind: 'connect', entropy: randomBytes(16) });
		this.#do({ kind: 'subscribe', on: true });
		return toHex(this.#fob.hello!);
	}

	disconnect(): void {
		this.#do({ kind: 'disconnect' });
	}

	/** Writes packets one after the other. */
	write(packets: readonly string[]): Said {
		const notified: Bytes[] = [];
		for (const packet of packets) {
			for (const output of this.#do({ kind: 'write', bytes: fromHex(packet) }))
				if ('notify' in output) notified.push(output.notify);
		}
		return said(notified);
	}

	/** Squeezed beside a lock whose button was pressed, with no phone near: true when it opened. */
	opens(lock: Padlock): boolean {
		this.#do({ kind: 'squeeze' });
		const heard = this.#do({ kind: 'hear', name: lock.name });
		let opened = false;
		if (heard.some((output) => 'reach' in output)) {
			const state = fromHex(lock.connect());
			for (const output of this.#do({ kind: 'reached', state })) {
				if (!('write' in output)) continue;
				for (const bytes of lock.write([output.write]).notified)
					this.#do({ kind: 'notified', bytes });
			}
			opened = lock.shackle === 'open';
			lock.disconnect();
			lock.close();
		}
		// What nobody answered is over by now, and it sleeps.
		this.#now += 60_000;
		this.#do({ kind: 'tick' });
		return opened;
	}

	#do(event: FobEvent): readonly FobOutput[] {
		return this.#fob.receive(event, this.#now);
	}
}
