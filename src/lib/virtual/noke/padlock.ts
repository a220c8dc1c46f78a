/**
 * A virtual padlock for a host: the demo in the browser, the radio in tests, a tool. The host
 *
 * - makes it from `factoryState(…)` once and from the last `save` ever after;
 * - passes everything that happens to `receive` and does what comes back, in that order;
 * - keeps one timer, set to `nextWake`, that sends `{ kind: 'tick' }`.
 */
import { fromHex, toHex, type Bytes } from '../../protocol/bytes.ts';
import { buildAdvertisement, buildName } from '../../protocol/noke/profile.ts';
import { VirtualError } from '../errors.ts';
import { nextWake, step, wakeUp } from './firmware.ts';
import { hardwareOf, lockState } from './hardware.ts';
import type { Identity, Milliseconds, Output, PadlockEvent, Running, SavedState } from './state.ts';
import { factoryFlash } from './store.ts';

/** What a drawing of the lock shows. */
export interface View {
	/** As advertised, `NOKE4I_F1E2D3C4B5A6`. */
	readonly name: string;
	/** Blinks while awake; green after an opening, red after a refusal, each for a moment. */
	readonly light: 'off' | 'blinking' | 'green' | 'red';
	readonly shackle: 'closed' | 'open' | 'out';
	readonly awake: boolean;
	readonly connected: boolean;
	/** The motor turns at this moment. */
	readonly turning: boolean;
	readonly millivolts: number;
	readonly setUp: boolean;
	/** Manufacturer data without the company identifier; null while it is not on the air. */
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
		flash: factoryFlash(toHex(baseKey)),
		body: { shackle: 'closed', strained: false, millivolts: 3_050 },
		clock: null
	};
}

export class VirtualPadlock {
	#lock: Running;

	/**
	 * Asleep, as saved. A clock in `saved` runs on; report a power cut to stop it.
	 * @throws VirtualError `damaged`
	 */
	constructor(saved: SavedState) {
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
		return this.#lock.session?.state ?? null;
	}

	/** The lock at rest, as the next `save` would give it. */
	get saved(): SavedState {
		const { identity, flash, body, clock } = this.#lock;
		return { identity, flash, body, clock };
	}

	view(): View {
		const { identity, body, keys, awakeUntil, session, motor, glow } = this.#lock;
		const { mac, hardwareType, firmware } = identity;
		const awake = awakeUntil !== null;
		const setUp = keys.epoch > 0;
		const status = hardwareOf(hardwareType).advertised[lockState(body)];
		const advertised = { setUp, lockState: status, firmware };
		return {
			name: buildName(mac, hardwareType),
			light: glow?.colour ?? (awake ? 'blinking' : 'off'),
			shackle: body.shackle,
			awake,
			connected: session !== null,
			turning: motor !== null,
			millivolts: Math.round(body.millivolts),
			setUp,
			advertisement: awake && !session ? (buildAdvertisement(advertised) as Bytes) : null
		};
	}
}
