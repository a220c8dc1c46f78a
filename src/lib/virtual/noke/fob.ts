/**
 * A virtual fob for a host: the demo in the browser, the radio in tests, a tool. The host makes it
 * from `factoryFob(…)` once and from the last `save` ever after, passes everything that happens to
 * `receive`, does what comes back in that order, and keeps one timer, set to `nextWake`. Besides
 * what a padlock's host does it carries the fob to locks: it tells which names are on the air, and
 * connects, writes and leaves as the fob says.
 */
import { fromHex, toHex, type Bytes } from '../../protocol/bytes.ts';
import { buildAdvertisement, buildName, kindOf, LOCK_STATE } from '../../protocol/noke/profile.ts';
import { VirtualError } from '../errors.ts';
import type { Identity, Milliseconds } from './air.ts';
import { nextFobWake, stepFob, wakeUpFob } from './fob-firmware.ts';
import { factoryFobKeys } from './fob-keys.ts';
import type { FobEvent, FobOutput, RunningFob, SavedFob } from './fob-state.ts';
import { fobAtRest } from './fob-turn.ts';
import { factoryBanks } from './store.ts';

/** What a drawing of the fob shows. */
export interface FobView {
	/** As advertised, `NOKE2F_F1E2D3C4B5A6`. */
	readonly name: string;
	/** Blinks while awake; green after it opened a lock, red when it did not or was refused something. */
	readonly light: 'off' | 'blinking' | 'green' | 'red';
	readonly awake: boolean;
	/** A phone is connected to it. */
	readonly connected: boolean;
	/** It is on its way to a lock. */
	readonly opening: boolean;
	readonly millivolts: number;
	readonly setUp: boolean;
	/** The MACs of the locks it holds something for, by position. */
	readonly locks: readonly string[];
	/** Manufacturer data without the company identifier; null while it is not on the air. */
	readonly advertisement: Bytes | null;
}

/**
 * A fob out of the box, with a full battery.
 * @param options.baseKey 16 bytes in hex
 * @throws VirtualError `bad-hardware`, `bad-length`
 * @throws ProtocolError `bad-hex`
 */
export function factoryFob(options: Identity & { baseKey: string }): SavedFob {
	const { mac, hardwareType, firmware } = options;
	if (kindOf(hardwareType) !== 'fob')
		throw new VirtualError('bad-hardware', `no virtual fob of type ${hardwareType}`);
	const baseKey = fromHex(options.baseKey);
	if (baseKey.length !== 16) throw new VirtualError('bad-length', 'a base key is 16 bytes');
	const flash = factoryBanks(factoryFobKeys(toHex(baseKey)));
	return { identity: { mac, hardwareType, firmware }, flash, millivolts: 3_050 };
}

export class VirtualFob {
	#fob: RunningFob;

	/**
	 * Asleep, as saved.
	 * @throws VirtualError `damaged`
	 */
	constructor(saved: SavedFob) {
		this.#fob = wakeUpFob(saved);
	}

	/**
	 * One event, and what the fob does, in order. Timers that are due by `now` go off before it.
	 * @param now milliseconds, never less than before
	 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
	 */
	receive(event: FobEvent, now: Milliseconds): readonly FobOutput[] {
		const { fob, outputs } = stepFob(this.#fob, event, now);
		this.#fob = fob;
		return outputs;
	}

	/** When the next tick is due; null while there is nothing to wait for. */
	get nextWake(): Milliseconds | null {
		return nextFobWake(this.#fob);
	}

	/** The value of STATE, 20 bytes, while a phone is connected. */
	get hello(): Bytes | null {
		return this.#fob.air.session?.state ?? null;
	}

	/** The fob at rest, as the next `save` would give it. */
	get saved(): SavedFob {
		return fobAtRest(this.#fob);
	}

	view(): FobView {
		const { identity, keys, air, reaching, millivolts } = this.#fob;
		const awake = air.awakeUntil !== null;
		const setUp = keys.epoch > 0;
		// The libraries call a fob locked, whatever it shows.
		const shown = { setUp, lockState: LOCK_STATE.locked, firmware: identity.firmware };
		const onAir = awake && !air.session && !reaching;
		return {
			name: buildName(identity.mac, identity.hardwareType),
			light: air.glow?.colour ?? (awake ? 'blinking' : 'off'),
			awake,
			connected: air.session !== null,
			opening: reaching !== null,
			millivolts,
			setUp,
			locks: Object.values(keys.credentials).map(({ mac }) => mac),
			advertisement: onAir ? (buildAdvertisement(shown) as Bytes) : null
		};
	}
}
