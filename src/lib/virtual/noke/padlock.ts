/**
 * A virtual padlock for a host: the demo in the browser, the radio in tests, a tool. The host
 *
 * - makes it from `factoryState(…)` once and from the last `save` ever after;
 * - passes everything that happens to `receive` and does what comes back, in that order;
 * - keeps one timer, set to `nextWake`, that sends `{ kind: 'tick' }`.
 */
import { fromHex, toHex, type Bytes } from '../../protocol/bytes.ts';
import {
	buildAdvertisement,
	buildName,
	FIRMWARE_SERVICE,
	firmwareName,
	GATT
} from '../../protocol/noke/profile.ts';
import { VirtualError } from '../errors.ts';
import type { Identity, Milliseconds } from './air.ts';
import { nextWake, step, wakeUp } from './firmware.ts';
import { hardwareOf, lockState } from './hardware.ts';
import { factoryKeys } from './keyset.ts';
import { EMPTY_LOG } from './log.ts';
import { atRest } from './padlock-turn.ts';
import { NO_ENTRIES } from './presses.ts';
import type { AnySavedState, Output, PadlockEvent, Running, SavedState } from './state.ts';
import { factoryBanks } from './store.ts';

/** What a drawing of the lock shows. */
export interface View {
	/** As advertised, `NOKE4I_F1E2D3C4B5A6`, or `N4I_FW` in firmware mode. */
	readonly name: string;
	/** The service it advertises while it is on the air. */
	readonly service: string;
	/**
	 * Blinks while awake; green after an opening, red after a refusal, each for a moment. While its
	 * button is down for a code: green, from a long press on blue. Blue in firmware mode.
	 */
	readonly light: 'off' | 'blinking' | 'green' | 'red' | 'blue';
	/** `closed`: home. */
	readonly shackle: 'closed' | 'open' | 'out';
	/** The bolt holds the shackle. */
	readonly engaged: boolean;
	/** Too many wrong quick clicks: the button opens nothing for a while. */
	readonly lockedOut: boolean;
	readonly firmwareMode: boolean;
	readonly awake: boolean;
	readonly connected: boolean;
	/** The motor turns at this moment. */
	readonly turning: boolean;
	readonly millivolts: number;
	readonly setUp: boolean;
	/** Manufacturer data without the company identifier; null while it shows none. */
	readonly advertisement: Bytes | null;
}

/**
 * A lock out of the box, closed, with a full battery.
 * @param options.baseKey 16 bytes in hex
 * @throws VirtualError `bad-hardware`, `bad-length`
 * @throws ProtocolError `bad-hex`
 */
export function factoryState(options: Identity & { baseKey: string }): SavedState {
	const { mac, hardwareType, firmware } = options;
	hardwareOf(hardwareType);
	const baseKey = fromHex(options.baseKey);
	if (baseKey.length !== 16) throw new VirtualError('bad-length', 'a base key is 16 bytes');
	return {
		identity: { mac, hardwareType, firmware },
		flash: { ...factoryBanks(factoryKeys(toHex(baseKey))), log: EMPTY_LOG, entries: NO_ENTRIES },
		body: { shackle: 'closed', engaged: true, strained: false, millivolts: 3_050 },
		clock: null,
		lockedOutUntil: null
	};
}

export class VirtualPadlock {
	#lock: Running;

	/**
	 * Asleep, as saved, by this version or an earlier one. A clock in `saved` runs on, and so does a
	 * lock-out; report a power cut to stop them.
	 * @throws VirtualError `damaged`
	 */
	constructor(saved: AnySavedState) {
		this.#lock = wakeUp(saved);
	}

	/**
	 * One event, and what the lock does, in order. Timers that are due by `now` go off before it.
	 * @param now milliseconds, never less than before
	 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
	 */
	receive(event: PadlockEvent, now: Milliseconds): readonly Output[] {
		const { lock, outputs } = step(this.#lock, event, now);
		this.#lock = lock;
		return outputs;
	}

	/** When the next tick is due; null while there is nothing to wait for. */
	get nextWake(): Milliseconds | null {
		return nextWake(this.#lock);
	}

	/** The value of STATE, 20 bytes, while connected. */
	get hello(): Bytes | null {
		return this.#lock.air.session?.state ?? null;
	}

	/** The lock at rest, as the next `save` would give it. */
	get saved(): SavedState {
		return atRest(this.#lock);
	}

	view(): View {
		const { identity, body, keys, air, motor, flash, firmwareUntil } = this.#lock;
		const { mac, hardwareType, firmware } = identity;
		const awake = air.awakeUntil !== null;
		const firmwareMode = firmwareUntil !== null;
		const setUp = keys.epoch > 0;
		const status = hardwareOf(hardwareType).advertised[lockState(body)];
		const advertised = { setUp, lockState: status, firmware };
		return {
			name: firmwareMode ? firmwareName(hardwareType) : buildName(mac, hardwareType),
			service: firmwareMode ? FIRMWARE_SERVICE : GATT.service,
			light: lightOf(this.#lock),
			shackle: body.shackle,
			engaged: body.engaged,
			lockedOut: flash.entries.lockedOut,
			firmwareMode,
			awake,
			connected: air.session !== null,
			turning: motor !== null,
			millivolts: Math.round(body.millivolts),
			setUp,
			advertisement: awake && !air.session ? (buildAdvertisement(advertised) as Bytes) : null
		};
	}
}

function lightOf({ air, presses, firmwareUntil }: Running): View['light'] {
	if (firmwareUntil !== null) return 'blue';
	if (presses.down !== null) return presses.long ? 'blue' : 'green';
	return air.glow?.colour ?? (air.awakeUntil === null ? 'off' : 'blinking');
}
