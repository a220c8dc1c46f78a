/** A phone's conversations and a virtual door lock, joined in memory, with everything that can go wrong. */
import { toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import type { Program, Reply } from '../../../src/lib/protocol/program.ts';
import { passcodeSeed } from '../../../src/lib/protocol/ttlock/writes.ts';
import { parseAdvertisement, COMPANY_ID } from '../../../src/lib/protocol/ttlock/profile.ts';
import type { AdminGrant } from '../../../src/lib/protocol/ttlock/offline.ts';
import {
	adminOf,
	pair,
	type PairedLock,
	type PairingWish
} from '../../../src/lib/protocol/ttlock/pairing.ts';
import { factoryState, VirtualDoorLock } from '../../../src/lib/virtual/ttlock/door-lock.ts';
import type { DoorEvent, Identity, SavedState } from '../../../src/lib/virtual/ttlock/state.ts';

/** 2026-11-22, a Sunday, 10:00 on the lock's clock, which is 5 hours behind UTC. */
export const LOCAL = Date.UTC(2026, 10, 22, 10);
export const OFFSET = -5 * 3_600_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const HEADER = { protocolType: 5, protocolVersion: 3, scene: 2, groupId: 1, orgId: 1 };
export const OWNER = { adminPs: 970456745, unlockKey: 344382141 };
export const SEED = passcodeSeed(
	2026,
	Uint8Array.from({ length: 80 }, (_, i) => (i * 37 + 11) & 255)
);

/** What happens to one packet under way. */
export type Fate =
	| 'passes'
	/** Lost, and nobody notices. */
	| 'lost'
	/** One bit of it turns. */
	| 'damaged'
	/** The link ends before it, or right after it arrived. */
	| 'cut-before'
	| 'cut-after'
	/** The lock loses its power before it. */
	| 'power';

export class Air {
	lock: VirtualDoorLock;
	/** The last durable state of the lock. */
	saved: SavedState;
	/** Milliseconds; the host's clock starts at a million. */
	now = 1_000_000;
	/** Packets that were sent so far, in both directions. */
	packets = 0;
	/** Saves of the lock so far. */
	saves = 0;
	fateOf: (packet: number, direction: 'out' | 'in') => Fate = () => 'passes';
	/** The save after which the power goes. */
	powerAtSave = 0;
	connected = false;
	readonly told: unknown[] = [];
	#inbox: Bytes[] = [];
	#connections = 0;

	constructor(identity: Partial<Identity> = {}) {
		const named = { mac: 'C4:54:12:32:3B:D8', hardwareType: 'M101T', firmware: '6.0.3' };
		this.saved = factoryState({ ...named, ...identity, clock: LOCAL, at: this.now });
		this.lock = new VirtualDoorLock(this.saved);
	}

	/** What the lock's clock would show if nobody had touched it. */
	get local(): number {
		return LOCAL + this.now - 1_000_000;
	}

	/** The real time, milliseconds since epoch UTC. */
	get utc(): number {
		return this.local - OFFSET;
	}

	get advertisement() {
		return parseAdvertisement(COMPANY_ID, this.lock.view().advertisement!);
	}

	connect(): void {
		if (this.connected) this.disconnect();
		this.#inbox = [];
		const entropy = new Uint8Array(16).fill(++this.#connections);
		this.connected = true;
		this.happen({ kind: 'connect', entropy });
		this.happen({ kind: 'subscribe', on: true });
	}

	disconnect(): void {
		if (!this.connected) return;
		this.connected = false;
		this.happen({ kind: 'disconnect' });
	}

	/** One event at the lock; what it notifies goes through the air. */
	happen(event: DoorEvent): void {
		for (const output of this.lock.receive(event, this.now)) {
			if ('save' in output) {
				this.saved = structuredClone(output.save);
				if (++this.saves === this.powerAtSave) return this.cutPower();
			} else if ('notify' in output) this.#fly(output.notify, 'in');
			else if ('disconnect' in output) this.connected = false;
		}
	}

	/** Power goes and comes back: the lock is what it had saved. */
	cutPower(): void {
		this.connected = false;
		this.lock = new VirtualDoorLock(this.saved);
		this.happen({ kind: 'power-cut' });
	}

	/** Time passes; timers of the lock go off when they are due. */
	wait(milliseconds: number): void {
		const until = this.now + milliseconds;
		for (;;) {
			const due = this.lock.nextWake;
			if (due === null || due > until) break;
			this.now = Math.max(this.now, due);
			this.happen({ kind: 'tick' });
		}
		this.now = until;
	}

	type(code: string): void {
		for (const key of `${code}#`) this.happen({ kind: 'key', key });
		this.wait(500);
	}

	/** Has a conversation to its end, on the link that there is or a new one. */
	run<Event, Outcome>(
		program: Program<Event, Outcome>,
		tell: (event: Event) => void = () => undefined
	): Outcome {
		if (!this.connected) this.connect();
		let step = program.next();
		while (!step.done) {
			let reply: Reply | undefined;
			if ('tell' in step.value) {
				this.told.push(step.value.tell);
				tell(step.value.tell);
			} else if ('send' in step.value) this.#fly(step.value.send, 'out');
			else reply = this.#receive(step.value.receive);
			step = program.next(reply);
		}
		return step.value;
	}

	#receive(within: number): Reply {
		const until = this.now + within;
		for (;;) {
			const next = this.#inbox.shift();
			if (next) return next;
			if (!this.connected) return 'gone';
			const due = this.lock.nextWake;
			if (due === null || due > until) {
				this.now = until;
				return 'silent';
			}
			this.wait(Math.max(0, due - this.now));
		}
	}

	#fly(packet: Bytes, direction: 'out' | 'in'): void {
		if (!this.connected) return;
		const fate = this.fateOf(++this.packets, direction);
		if (fate === 'power') return this.cutPower();
		if (fate === 'cut-before') return this.disconnect();
		if (fate === 'lost') return;
		const arrived = fate === 'damaged' ? damaged(packet, this.packets) : packet;
		if (direction === 'in') this.#inbox.push(arrived);
		else this.happen({ kind: 'write', bytes: arrived });
		if (fate === 'cut-after') this.disconnect();
	}
}

function damaged(packet: Bytes, salt: number): Bytes {
	const copy = packet.slice();
	copy[(salt * 7) % copy.length]! ^= 1 << (salt % 8);
	return copy;
}

/** What a phone wishes when it pairs the lock of this air. */
export function wishOf(air: Air, wish: Partial<PairingWish> = {}): PairingWish {
	const numbers = { header: HEADER, ...OWNER, seed: toHex(SEED), adminPasscode: '7654321' };
	return { ...numbers, kept: null, clock: air.local, ...wish };
}

/** A lock that was paired without trouble, and its owner's grant. */
export function paired(identity: Partial<Identity> = {}): {
	air: Air;
	admin: AdminGrant;
	lock: PairedLock;
} {
	const air = new Air(identity);
	const outcome = air.run(pair(wishOf(air)));
	if (outcome.end !== 'paired') throw new Error(`not paired but ${outcome.end}`);
	air.disconnect();
	air.told.length = 0;
	air.packets = 0;
	const admin = { ...adminOf(outcome.lock.keys), timezoneRawOffset: OFFSET, uid: 2340 };
	return { air, admin, lock: outcome.lock };
}

/** Whole numbers of a seed, the same in every run. */
export function numbers(seed: number): (below: number) => number {
	let state = (seed * 2_654_435_761 + 1) >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}
