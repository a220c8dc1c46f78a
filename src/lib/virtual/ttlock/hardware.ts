import { kindOf } from '../../protocol/ttlock/profile.ts';
import { wordsOf, type Feature } from '../../protocol/ttlock/features.ts';
import { VirtualError } from '../errors.ts';

/** What these locks can do, as they tell it. */
const FEATURES: readonly Feature[] = [
	'passcode',
	'autoLock',
	'passcodeDelete',
	'passcodeManagement',
	'lockCommand',
	'cyclicPasscode',
	'remoteUnlockSwitch',
	'sound',
	'readAdminPasscode',
	'passageMode',
	'autoLockOff'
];
export const FEATURE_WORDS: readonly number[] = wordsOf(FEATURES);

/**
 * Refuses a scene that no virtual lock plays.
 * @throws VirtualError `bad-hardware` for everything but doors
 */
export function checkScene(scene: number): void {
	if (kindOf(scene) !== 'door-lock')
		throw new VirtualError('bad-hardware', `no virtual lock of scene ${scene}`);
}

/** Milliseconds a motor turns. */
export const MOTOR_TIME = 300;

/** Milliseconds of silence after which the lock ends a link. */
export const IDLE_TIME = 10_000;

/** Milliseconds after which the rest of a frame is not waited for any more. */
export const PIECE_TIME = 2_000;

/** Milliseconds in which a code is typed to its end, and for which a touch is advertised. */
export const TYPING_TIME = 10_000;

/** Wrong codes in a row, and the milliseconds for which the keypad is dead after them. */
export const MOST_WRONG = 5;
export const LOCK_OUT_TIME = 300_000;

/** What the lock allows its owner to set, in seconds; 0 is always allowed. */
export const AUTO_LOCK_RANGE = { min: 1, max: 900 } as const;

/** Below this percentage the motor does not turn any more. */
const LOWEST_BATTERY = 3;
const MOTOR_BATTERY = 0.01;

/** The mechanical lock: what a power cut does not change. */
export interface Body {
	readonly bolt: 'locked' | 'unlocked';
	/** Percent, a real number; what is reported is rounded. */
	readonly battery: number;
}

/** The body after a motor run, and whether that moved the bolt. */
export function runMotor(body: Body, action: 'unlock' | 'lock'): { body: Body; moved: boolean } {
	const moved = body.battery >= LOWEST_BATTERY;
	const battery = Math.max(0, body.battery - MOTOR_BATTERY);
	const bolt = action === 'unlock' ? 'unlocked' : 'locked';
	return { body: { bolt: moved ? bolt : body.bolt, battery }, moved };
}
