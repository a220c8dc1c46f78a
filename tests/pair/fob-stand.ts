import { toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import type { FobEvent, FobOutput, SavedFob } from '../../src/lib/virtual/noke/fob-state.ts';
import { factoryFob, VirtualFob } from '../../src/lib/virtual/noke/fob.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import type { Chance } from './chance.ts';

export const FOB_FAULTS = ['fob link lost', 'fob power cut'] as const;
export type FobFault = (typeof FOB_FAULTS)[number];

/** Things a fob does at most for one packet; a power cut comes before any of them. */
const MOST_OUTPUTS = 5;

/** A virtual fob in a hand, and what was durable of it. */
export class FobStand {
	readonly mac: string;
	readonly baseKey: Bytes;
	saved: SavedFob;
	#fob: VirtualFob;
	readonly #chance: Chance;
	#now = 0;

	constructor(mac: string, baseKey: Bytes, chance: Chance) {
		this.mac = mac;
		this.baseKey = baseKey;
		const identity = { mac, hardwareType: '2F', firmware: '1.2' };
		this.saved = factoryFob({ ...identity, baseKey: toHex(baseKey) });
		this.#fob = new VirtualFob(this.saved);
		this.#chance = chance;
	}

	/** What it opens: the key of a slot of a lock each. */
	get credentials() {
		return Object.values(activeKeys(this.saved.flash).credentials);
	}

	get epoch(): number {
		return activeKeys(this.saved.flash).epoch;
	}

	/** Is squeezed, connects, switches notifications on. Returns the session in hex. */
	connect(): string {
		this.#do({ kind: 'squeeze' });
		this.#do({ kind: 'connect', entropy: this.#chance.bytes(16) });
		this.#do({ kind: 'subscribe', on: true });
		return toHex(this.#fob.hello!);
	}

	disconnect(): void {
		this.#do({ kind: 'disconnect' });
	}

	/** Writes packets until something goes wrong; what it said to the server that was heard. */
	write(packets: readonly Bytes[], fault: () => FobFault | null): Bytes[] {
		const heard: Bytes[] = [];
		for (const bytes of packets) {
			const wrong = fault();
			const power = wrong === 'fob power cut' ? this.#chance.below(MOST_OUTPUTS) : Infinity;
			for (const output of this.#do({ kind: 'write', bytes }, power))
				if ('notify' in output && output.notify[0] === 0x50) heard.push(output.notify);
			if (wrong === null) continue;
			// The last that it said may be lost with the link.
			if (this.#chance.in(0.5)) heard.pop();
			break;
		}
		return heard;
	}

	/** @param powerFor after so many things done the power goes */
	#do(event: FobEvent, powerFor = Infinity): readonly FobOutput[] {
		this.#now += 100;
		const outputs = this.#fob.receive(event, this.#now).slice(0, powerFor);
		for (const output of outputs) if ('save' in output) this.saved = output.save;
		if (powerFor !== Infinity) {
			this.#fob = new VirtualFob(this.saved);
			this.#fob.receive({ kind: 'power-cut' }, this.#now);
		}
		return outputs;
	}
}
