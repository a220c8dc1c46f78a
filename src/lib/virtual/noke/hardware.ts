import { kindOf, LOCK_STATE } from '../../protocol/noke/profile.ts';
import { VirtualError } from '../errors.ts';
import type { Identity } from './air.ts';

/** What a kind of lock can do. */
export interface Hardware {
	/** Can let go of the whole shackle, for a battery change. */
	readonly unshackles: boolean;
	/** From this firmware on it engages its bolt on command; null: never. */
	readonly engagesFrom: readonly [number, number] | null;
	/** Bits 7..5 of the advertised status, by lock state (the libraries read each kind in its way). */
	readonly advertised: Readonly<Record<LockState, number>>;
}

/** Lock state as the libraries number it: 0 open, 2 unshackled, 3 closed. */
export type LockState = 0 | 2 | 3;

const { unlocked, unshackled, locked } = LOCK_STATE;

const HD_PADLOCK: Hardware = {
	unshackles: true,
	engagesFrom: [4, 25],
	advertised: { [unlocked]: unlocked, [unshackled]: unshackled, [locked]: locked }
};
/** The libraries add bits 5 and 6: 0 is open, 1 is closed. */
const U_LOCK: Hardware = {
	unshackles: false,
	engagesFrom: null,
	advertised: { [unlocked]: 0, [unshackled]: 0, [locked]: 1 }
};
/** Shows nothing of its shackle without a connection. */
const PADLOCK: Hardware = {
	unshackles: false,
	engagesFrom: null,
	advertised: { [unlocked]: locked, [unshackled]: locked, [locked]: locked }
};

/**
 * What the lock of this two-character hardware type can do.
 * @throws VirtualError `bad-hardware` for fobs, doors and everything else that is no lock of ours
 */
export function hardwareOf(hardwareType: string): Hardware {
	switch (kindOf(hardwareType)) {
		case 'hd-padlock':
			return HD_PADLOCK;
		case 'u-lock':
			return U_LOCK;
		case 'padlock':
			return PADLOCK;
		default:
			throw new VirtualError('bad-hardware', `no virtual lock of type ${hardwareType}`);
	}
}

/** Whether a lock engages its bolt on command, and so can have explicit lock. */
export function engages({ hardwareType, firmware }: Identity): boolean {
	const { engagesFrom } = hardwareOf(hardwareType);
	if (!engagesFrom) return false;
	const [major = 0, minor = 0] = firmware.split('.').map(Number);
	const [leastMajor, leastMinor] = engagesFrom;
	return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/** What a motor does. */
export type Action = 'unlock' | 'unshackle' | 'engage';

/** Milliseconds a motor turns. */
export const MOTOR_TIME = { unlock: 400, unshackle: 700, engage: 400 } as const;

/** Below this the motor does not turn any more. */
const LOWEST_MILLIVOLTS = 2_600;

/** What one motor run and one second of radio take out of the battery. */
const MOTOR_MILLIVOLTS = 0.8;
const RADIO_MILLIVOLTS_A_SECOND = 0.01;

/** The mechanical lock: what a power cut does not change. */
export interface Body {
	/** `closed`: home, engaged or not. */
	readonly shackle: 'closed' | 'open' | 'out';
	/** The bolt holds the shackle. */
	readonly engaged: boolean;
	/** Somebody pulls at the shackle, so that the motor cannot turn. */
	readonly strained: boolean;
	/** A real number; what is reported is rounded. */
	readonly millivolts: number;
}

export function lockState({ shackle, engaged }: Body): LockState {
	if (engaged) return locked;
	return shackle === 'out' ? unshackled : unlocked;
}

/** The body after a motor run, and whether that moved the bolt. The spring lifts the shackle. */
export function runMotor(body: Body, action: Action): { body: Body; moved: boolean } {
	const moved = !body.strained && body.millivolts >= LOWEST_MILLIVOLTS;
	const spent = { ...body, millivolts: body.millivolts - MOTOR_MILLIVOLTS };
	if (!moved) return { body: spent, moved };
	if (action === 'engage') return { body: { ...spent, engaged: true }, moved };
	const shackle = action === 'unshackle' || body.shackle === 'out' ? 'out' : 'open';
	return { body: { ...spent, shackle, engaged: false }, moved };
}

/** The body after its radio was on for so many milliseconds. */
export function runRadio(body: Body, milliseconds: number): Body {
	const spent = (milliseconds / 1000) * RADIO_MILLIVOLTS_A_SECOND;
	return { ...body, millivolts: Math.max(0, body.millivolts - spent) };
}
