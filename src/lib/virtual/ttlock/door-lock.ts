/**
 * A virtual door lock for a host: the demo in the browser, the radio in tests, a tool. The host
 *
 * - makes it from `factoryState(…)` once and from the last `save` ever after;
 * - passes everything that happens to `receive` and does what comes back, in that order;
 * - keeps one timer, set to `nextWake`, that sends `{ kind: 'tick' }`.
 */
import type { Bytes } from '../../protocol/bytes.ts';
import type { Local } from '../../protocol/ttlock/dates.ts';
import { buildAdvertisement, buildName } from '../../protocol/ttlock/profile.ts';
import { nextWake, step, wakeUp } from './firmware.ts';
import { checkScene } from './hardware.ts';
import { hasUnread } from './log.ts';
import type {
	Clock,
	DoorEvent,
	Identity,
	Milliseconds,
	Output,
	Running,
	SavedState
} from './state.ts';
import { FACTORY_FLASH } from './store.ts';

/** What a drawing of the lock shows. */
export interface View {
	/** As advertised, `M101T_d83b32`. */
	readonly name: string;
	/** Lit while the keypad is awake; green after an opening, red after a refusal, each for a moment. */
	readonly light: 'off' | 'lit' | 'green' | 'red';
	readonly bolt: 'locked' | 'unlocked';
	readonly connected: boolean;
	/** The motor turns at this moment. */
	readonly turning: boolean;
	/** Percent. */
	readonly battery: number;
	readonly settingMode: boolean;
	/** How many digits are typed. */
	readonly typed: number;
	/** The keypad is dead after too many wrong codes. */
	readonly lockedOut: boolean;
	/** What the lock's clock showed at a moment of the host's. */
	readonly clock: Clock;
	/** Manufacturer data without the company identifier; null while it is connected. */
	readonly advertisement: Bytes | null;
}

/**
 * A lock out of the box, locked, in setting mode, with fresh batteries.
 * @param options.clock what its clock shows at `at` of the host's
 * @throws VirtualError `bad-hardware`
 */
export function factoryState(
	options: Pick<Identity, 'mac' | 'hardwareType' | 'firmware'> &
		Partial<Identity> & { clock: Local; at: Milliseconds }
): SavedState {
	const { mac, hardwareType, firmware, clock, at } = options;
	const { scene = 2, ownedAt = 'owner', strict = false } = options;
	checkScene(scene);
	return {
		identity: { mac, hardwareType, firmware, scene, ownedAt, strict },
		flash: FACTORY_FLASH,
		body: { bolt: 'locked', battery: 100 },
		clock: { local: clock, at },
		timers: { relockAt: null, lockedOutUntil: null }
	};
}

export class VirtualDoorLock {
	#lock: Running;

	/** As saved. Its clock runs on; report a power cut to stop it. */
	constructor(saved: SavedState) {
		this.#lock = wakeUp(saved);
	}

	/**
	 * One event, and what the lock does, in order. Timers that are due by `now` go off before it.
	 * @param now milliseconds, never less than before
	 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
	 */
	receive(event: DoorEvent, now: Milliseconds): readonly Output[] {
		const { lock, outputs } = step(this.#lock, event, now);
		this.#lock = lock;
		return outputs;
	}

	/** When the next tick is due; null while there is nothing to wait for. */
	get nextWake(): Milliseconds | null {
		return nextWake(this.#lock);
	}

	/** What a phone reads first: nothing, while connected. */
	get hello(): Bytes | null {
		return this.#lock.session ? new Uint8Array(0) : null;
	}

	/** The lock at rest, as the next `save` would give it. */
	get saved(): SavedState {
		const { identity, flash, body, clock, timers } = this.#lock;
		return { identity, flash, body, clock, timers };
	}

	view(): View {
		const { identity, body, flash, session, motor, glow, clock, ...rest } = this.#lock;
		const { mac, hardwareType, scene } = identity;
		const unlocked = body.bolt === 'unlocked';
		const touched = rest.touchedUntil !== null;
		const { settingMode } = flash;
		const flags = { unlocked, touched, settingMode, hasNewRecords: hasUnread(flash.log) };
		const battery = Math.round(body.battery);
		return {
			name: buildName(mac, hardwareType),
			light: glow?.colour ?? (touched ? 'lit' : 'off'),
			bolt: body.bolt,
			connected: session !== null,
			turning: motor !== null,
			battery,
			settingMode,
			typed: rest.typed.length,
			lockedOut: rest.timers.lockedOutUntil !== null,
			clock,
			advertisement: session ? null : buildAdvertisement({ mac, scene, battery, ...flags })
		};
	}
}
