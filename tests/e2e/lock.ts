import { setTimeout as sleep } from 'node:timers/promises';
import { RECORD_ACTION } from '../../src/lib/protocol/noke/records.ts';
import { factoryState, VirtualPadlock, type View } from '../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent } from '../../src/lib/virtual/noke/state.ts';
import { activeKeys } from '../../src/lib/virtual/noke/store.ts';
import type { OnAir } from './air.ts';
import { RadioDevice } from './device.ts';
import { NOKE } from './gatt.ts';

/** What every lock of this family opens with out of the box. */
export const BASE_KEY = '000102030405060708090a0b0c0d0e0f';

const OPENINGS: readonly number[] = [
	RECORD_ACTION.unlocked,
	RECORD_ACTION.unlockedBySlot,
	RECORD_ACTION.setupUnlocked,
	RECORD_ACTION.unshackled
];

/** A virtual padlock on the emulated radio, with the hands of the person who stands before it. */
export class RadioPadlock extends RadioDevice<PadlockEvent, Output> {
	readonly gatt = NOKE;
	readonly mac: string;
	readonly hardwareType: string;
	/** How a sleeping lock shows itself: Chrome waits for ever, or is told at once. */
	asleep: 'silent' | 'refuse' = 'refuse';
	readonly #padlock: VirtualPadlock;

	constructor(mac: string, hardwareType = '4I') {
		const identity = { mac, hardwareType, firmware: '4.25' };
		const padlock = new VirtualPadlock(factoryState({ ...identity, baseKey: BASE_KEY }));
		super(padlock);
		this.mac = mac;
		this.hardwareType = hardwareType;
		this.#padlock = padlock;
	}

	get name(): string {
		return this.view.name;
	}

	get view(): View {
		return this.#padlock.view();
	}

	/** How often it has opened, by its own log. */
	get openings(): number {
		const { records } = this.#padlock.saved.flash.log;
		return records.filter(({ action }) => OPENINGS.includes(action)).length;
	}

	/** The limited keys it holds, in hex. */
	get slots(): string[] {
		const { slots } = activeKeys(this.#padlock.saved.flash);
		return Object.values(slots).map(({ key }) => key);
	}

	/** Somebody presses its button. */
	press(): void {
		this.happen({ kind: 'press' });
	}

	/** Somebody enters a code on its button, and waits for the pause and the motor. */
	async enter(code: string): Promise<void> {
		for (const press of code) {
			this.happen({ kind: 'press' });
			await sleep(press === '1' ? 450 : 40);
			this.happen({ kind: 'release' });
			await sleep(40);
		}
		await sleep(2_600);
	}

	/** Somebody pushes the shackle home. */
	close(): void {
		this.happen({ kind: 'close' });
	}

	protected override settled(air: OnAir): void {
		air.connecting = this.view.awake ? null : this.asleep;
	}
}
