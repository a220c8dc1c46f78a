import type { Ear, Peer } from '../../../src/lib/link/memory.ts';
import type { Bytes } from '../../../src/lib/protocol/bytes.ts';
import { factoryState, VirtualDoorLock } from '../../../src/lib/virtual/ttlock/door-lock.ts';
import type { DoorEvent, Identity, SavedState } from '../../../src/lib/virtual/ttlock/state.ts';
import type { Chance } from '../chance.ts';

/** What happens to one packet, either way. */
export const PACKET_FAULTS = [
	'lost',
	/** One bit of it turns. */
	'damaged',
	'twice',
	/** The link ends before it, or right after it arrived. */
	'cut before',
	'cut after',
	/** The lock loses its power before it. */
	'power'
] as const;
export type PacketFault = (typeof PACKET_FAULTS)[number];

/** A virtual door lock at the end of a memory link, with everything that can go wrong between. */
export class Door implements Peer {
	saved: SavedState;
	/** Asked about every packet. */
	fault: () => PacketFault | null = () => null;
	/** The power goes after so many further saves; never while 0. */
	powerAfter = 0;
	/** Packets so far, in both directions. */
	packets = 0;
	#lock: VirtualDoorLock;
	#ear: Ear | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	readonly #chance: Chance;

	constructor(identity: Pick<Identity, 'mac'> & Partial<Identity>, chance: Chance) {
		const now = Date.now();
		const named = { hardwareType: 'M101T', firmware: '6.0.3', clock: now, at: now };
		this.saved = factoryState({ ...named, ...identity });
		this.#lock = new VirtualDoorLock(this.saved);
		this.#chance = chance;
	}

	get name(): string {
		return this.#lock.view().name;
	}

	/** Whether anybody may pair it. */
	get isFree(): boolean {
		return this.saved.flash.settingMode;
	}

	/** Whose it is. */
	get owner() {
		return this.saved.flash.owner;
	}

	/** What its clock is ahead of the host's, milliseconds. */
	get ahead(): number {
		const { local, at } = this.saved.clock;
		return local - at;
	}

	connect(ear: Ear): Bytes | null {
		const entropy = this.#chance.bytes(16);
		if (!this.#happen({ kind: 'connect', entropy })) return null;
		this.#ear = ear;
		return this.#lock.hello;
	}

	subscribe(): void {
		this.#happen({ kind: 'subscribe', on: true });
	}

	write(packet: Bytes): void {
		this.#fly(packet, (bytes) => void this.#happen({ kind: 'write', bytes }));
	}

	disconnect(): void {
		this.#ear = null;
		this.#happen({ kind: 'disconnect' });
	}

	/** The link ends, whoever wanted it. */
	hangUp(): void {
		const ear = this.#ear;
		if (!ear) return;
		this.disconnect();
		ear.hangUp();
	}

	/** Somebody holds the reset button inside. */
	pressReset(): void {
		this.#happen({ kind: 'reset-button' });
	}

	/** Nothing goes wrong any more. */
	calm(): void {
		this.fault = () => null;
		this.powerAfter = 0;
		this.hangUp();
	}

	/** False when the lock refused the connection. */
	#happen(event: DoorEvent): boolean {
		let accepted = true;
		for (const output of this.#lock.receive(event, Date.now())) {
			if ('save' in output) {
				this.saved = output.save;
				if (this.powerAfter > 0 && --this.powerAfter === 0) {
					this.#cutPower();
					break;
				}
			} else if ('notify' in output) this.#fly(output.notify, (bytes) => this.#ear?.notify(bytes));
			else if ('disconnect' in output) this.hangUp();
			else accepted = false;
		}
		clearTimeout(this.#timer);
		const due = this.#lock.nextWake;
		if (due !== null)
			this.#timer = setTimeout(() => this.#happen({ kind: 'tick' }), Math.max(0, due - Date.now()));
		return accepted;
	}

	#fly(packet: Bytes, arrive: (bytes: Bytes) => void): void {
		if (!this.#ear) return;
		this.packets++;
		const fault = this.fault();
		if (fault === 'power') return this.#cutPower();
		if (fault === 'cut before') return this.hangUp();
		if (fault === 'lost') return;
		const bytes = packet.slice();
		if (fault === 'damaged') bytes[this.#chance.below(bytes.length)]! ^= 1 << this.#chance.below(8);
		arrive(bytes);
		if (fault === 'twice') arrive(bytes);
		if (fault === 'cut after') this.hangUp();
	}

	#cutPower(): void {
		const ear = this.#ear;
		this.#ear = null;
		this.#lock = new VirtualDoorLock(this.saved);
		this.#happen({ kind: 'power-cut' });
		ear?.hangUp();
	}
}
