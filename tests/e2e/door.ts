import type { Bytes } from '../../src/lib/protocol/bytes.ts';
import { PAIRINGS } from '../../src/lib/protocol/pairings.ts';
import { COMPANY_ID } from '../../src/lib/protocol/ttlock/profile.ts';
import { RECORD_ACTION } from '../../src/lib/protocol/ttlock/records.ts';
import {
	factoryState,
	VirtualDoorLock,
	type View
} from '../../src/lib/virtual/ttlock/door-lock.ts';
import type { DoorEvent, Output } from '../../src/lib/virtual/ttlock/state.ts';
import { RadioDevice } from './device.ts';
import { TTLOCK } from './gatt.ts';

const OPENINGS: readonly number[] = [RECORD_ACTION.unlocked, RECORD_ACTION.unlockedByPasscode];
const PAIRING = PAIRINGS.ttlock!;
/** Milliseconds that the wall clock of these tests is ahead of UTC. */
const OFFSET = -new Date().getTimezoneOffset() * 60_000;

/** A virtual door lock on the emulated radio, and whoever stands before it. Out of the box in setting mode. */
export class RadioDoor extends RadioDevice<DoorEvent, Output> {
	readonly gatt = TTLOCK;
	readonly mac: string;
	readonly #lock: VirtualDoorLock;

	constructor(mac: string, hardwareType = 'M101T') {
		const now = Date.now();
		const identity = { mac, hardwareType, firmware: '6.0.3' };
		const lock = new VirtualDoorLock(factoryState({ ...identity, clock: now + OFFSET, at: now }));
		super(lock);
		this.mac = mac;
		this.#lock = lock;
	}

	get name(): string {
		return this.view.name;
	}

	get manufacturerData(): ReadonlyMap<number, Uint8Array> {
		const { advertisement } = this.view;
		return new Map(advertisement ? [[COMPANY_ID, advertisement]] : []);
	}

	get view(): View {
		return this.#lock.view();
	}

	/** How often an eKey or a passcode has opened it, by its own log. */
	get openings(): number {
		const { records } = this.#lock.saved.flash.log;
		return records.filter(({ action }) => OPENINGS.includes(action)).length;
	}

	/** Actions of its whole log, the newest last. */
	get log(): number[] {
		return this.#lock.saved.flash.log.records.map(({ action }) => action);
	}

	/** Somebody types a code on its keypad and ends it. */
	type(code: string): void {
		for (const key of `${code}#`) this.happen({ kind: 'key', key });
	}

	/** Somebody turns it by hand from inside. */
	turn(to: 'unlock' | 'lock'): void {
		this.happen({ kind: 'turn', by: 'inside', to });
	}

	/** Somebody holds the reset button inside. */
	reset(): void {
		this.happen({ kind: 'reset-button' });
	}

	/** Is paired by a phone that is not part of the test: the lockData that this phone has then. */
	paired(): string {
		const heard: Bytes[] = [];
		const leave = this.beside((packet) => heard.push(packet as Bytes));
		this.connected();
		this.subscribe(true);
		const program = PAIRING.take({
			name: this.name,
			heard: null,
			at: Date.now(),
			timezoneOffset: OFFSET,
			entropy: crypto.getRandomValues(new Uint8Array(PAIRING.entropyLength)),
			kept: null
		});
		let step = program.next();
		while (!step.done) {
			const { value } = step;
			if ('send' in value) this.write(value.send);
			step = program.next('receive' in value ? (heard.shift() ?? 'silent') : undefined);
		}
		this.disconnected();
		leave();
		this.written = 0;
		if (step.value.end !== 'taken') throw new Error(`not paired but ${step.value.end}`);
		return step.value.lockData;
	}
}
