import { toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { RECORD_ACTION } from '../../src/lib/protocol/noke/records.ts';
import type { Reply } from '../../src/lib/protocol/program.ts';
import { factoryState, VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent, SavedState } from '../../src/lib/virtual/noke/state.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import type { KeySet } from '../../src/lib/virtual/noke/keyset.ts';
import type { Chance } from './chance.ts';

/** What goes wrong around one packet. */
export const RADIO_FAULTS = [
	'dropped before it arrives',
	'dropped with the answer',
	'dropped amid the answer',
	'a notification lost',
	'a notification twice'
] as const;
/** `powerFor`: the power goes when the lock has done so many things for this packet. */
export type RadioFault = (typeof RADIO_FAULTS)[number] | { powerFor: number };

/** How many things a lock does at most for one packet; a power cut comes before any of them. */
export const MOST_OUTPUTS = 14;
/** Milliseconds of one radio operation. */
const AIR = 30;

/** Records of an opening. */
const OPENINGS: readonly number[] = [
	RECORD_ACTION.unlocked,
	RECORD_ACTION.unlockedBySlot,
	RECORD_ACTION.setupUnlocked
];

/** A virtual padlock in the field, the air around it, a hand, and a clock. */
export class Stand {
	now: number;
	saved: SavedState;
	#lock: VirtualPadlock;
	readonly #chance: Chance;
	/** Notifications that have reached the phone. */
	#heard: Bytes[] = [];
	#linked = false;
	/** What the lock still does before its power goes. */
	#powerFor = Infinity;

	constructor(mac: string, baseKey: Bytes, chance: Chance, now: number) {
		const identity = { mac, hardwareType: chance.pick(['4I', '2U', '3P']), firmware: '4.25' };
		this.saved = factoryState({ ...identity, baseKey: toHex(baseKey) });
		this.#lock = new VirtualPadlock(this.saved);
		this.#chance = chance;
		this.now = now;
	}

	/** Presses, connects, reads STATE and subscribes; null when another phone has the lock. */
	connect(): Bytes | null {
		this.event({ kind: 'press' });
		const outputs = this.event({ kind: 'connect', entropy: this.#chance.bytes(16) });
		if (outputs.some((output) => 'refused' in output)) return null;
		this.#linked = true;
		this.#heard = [];
		this.event({ kind: 'subscribe', on: true });
		return this.#lock.hello;
	}

	disconnect(): void {
		if (!this.#linked) return;
		this.#linked = false;
		this.event({ kind: 'disconnect' });
	}

	/** Pushes the shackle home, if it is up. */
	close(): void {
		this.event({ kind: 'close' });
	}

	get hardwareType(): string {
		return this.saved.identity.hardwareType;
	}

	/** Presses a code on the button and waits the pause out, and the motor. */
	enter(code: string): void {
		for (const press of code) {
			this.event({ kind: 'press' });
			this.now += press === '1' ? 600 : 100;
			this.event({ kind: 'release' });
			this.now += 300;
		}
		const until = this.now + 5_000;
		for (let at = this.#lock.nextWake; at !== null && at <= until; at = this.#lock.nextWake)
			this.#wait(at - this.now);
		this.now = until;
	}

	get linked(): boolean {
		return this.#linked;
	}

	get shackle(): string {
		return this.#lock.view().shackle;
	}

	/** The key set that is durable. */
	get keys(): KeySet<string> {
		return activeKeys(this.saved.flash);
	}

	get epoch(): number {
		return this.keys.epoch;
	}

	/** Openings in the lock's own log. */
	get openings(): number {
		return this.saved.flash.log.records.filter(({ action }) => OPENINGS.includes(action)).length;
	}

	write(packet: Bytes, fault: RadioFault | null): void {
		this.now += AIR;
		if (!this.#linked) return;
		if (fault === 'dropped before it arrives') return this.disconnect();
		if (typeof fault === 'object' && fault) this.#powerFor = fault.powerFor;
		const before = this.#heard.length;
		this.event({ kind: 'write', bytes: packet });
		while (this.#lock.view().turning) this.#wait(this.#lock.nextWake! - this.now);
		this.#powerFor = Infinity;
		this.#spoil(before, fault);
	}

	/** The next notification, as a phone waits for it. */
	receive(within: number): Reply {
		this.now += AIR;
		const until = this.now + within;
		for (;;) {
			const bytes = this.#heard.shift();
			if (bytes) return bytes;
			if (!this.#linked) return 'gone';
			const due = this.#lock.nextWake;
			if (due === null || due > until) {
				this.#wait(until - this.now);
				return this.#heard.shift() ?? 'silent';
			}
			this.#wait(due - this.now);
		}
	}

	event(event: PadlockEvent): readonly Output[] {
		const outputs = this.#lock.receive(event, this.now);
		for (const output of outputs) {
			if (this.#powerFor-- === 0) {
				this.#cutPower();
				break;
			}
			if ('save' in output) this.saved = output.save;
			if ('notify' in output && this.#linked) this.#heard.push(output.notify);
			if ('disconnect' in output) this.#linked = false;
		}
		return outputs;
	}

	/** Comes back with what was durable, and nothing else. */
	#cutPower(): void {
		this.#powerFor = Infinity;
		this.#linked = false;
		this.#lock = new VirtualPadlock(this.saved);
		this.event({ kind: 'power-cut' });
	}

	#wait(milliseconds: number): void {
		this.now += Math.max(0, milliseconds);
		this.event({ kind: 'tick' });
	}

	/** Notifications from `from` on are those of this packet. */
	#spoil(from: number, fault: RadioFault | null): void {
		const count = this.#heard.length - from;
		if (fault === 'dropped with the answer') {
			this.#heard.length = from;
			this.disconnect();
		}
		if (fault === 'dropped amid the answer') {
			this.#heard.length = from + this.#chance.below(count + 1);
			this.disconnect();
		}
		if (count === 0) return;
		const at = from + this.#chance.below(count);
		if (fault === 'a notification lost') this.#heard.splice(at, 1);
		if (fault === 'a notification twice') this.#heard.splice(at, 0, this.#heard[at]!);
	}
}
