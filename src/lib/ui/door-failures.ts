import BatteryLow from '@lucide/svelte/icons/battery-low';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Clock from '@lucide/svelte/icons/clock-alert';
import DoorClosed from '@lucide/svelte/icons/door-closed';
import KeyRound from '@lucide/svelte/icons/key-round';
import Snowflake from '@lucide/svelte/icons/snowflake';
import Unplug from '@lucide/svelte/icons/unplug';
import type { FailureCode } from '../client/phases.ts';
import type { FailureWords } from './failures.ts';

/** Failures that only door locks have. */
export const DOOR_FAILURES = {
	'lost-locking': {
		title: 'Lost the lock',
		text: 'It was told to lock, its answer was lost. Stay close, tap Lock: twice does no harm.',
		icon: Unplug,
		again: 'Lock'
	},
	'ekey-not-yet': {
		title: 'Not yet',
		text: 'Your eKey begins later. Its time stands below; ask {owner} to change it.',
		icon: Clock,
		again: 'Try again'
	},
	'ekey-expired': {
		title: 'Your eKey has ended',
		text: 'Ask {owner} for another.',
		icon: KeyRound,
		again: 'Try again'
	},
	'ekey-outside-hours': {
		title: 'Not at this hour',
		text: 'Your eKey holds on some days and hours. They stand below.',
		icon: Clock,
		again: 'Try again'
	},
	'ekey-used': {
		title: 'Used already',
		text: 'Your eKey was for one opening. Ask {owner} for another.',
		icon: KeyRound,
		again: 'Try again'
	},
	'ekey-frozen': {
		title: 'Your eKey is frozen',
		text: 'Ask {owner} to thaw it.',
		icon: Snowflake,
		again: 'Try again'
	},
	'ekey-reset': {
		title: 'Your eKey was reset',
		text: 'This lock forgot all eKeys of before. Ask {owner} for another.',
		icon: KeyRound,
		again: 'Try again'
	},
	'lock-clock': {
		title: 'The lock’s clock is wrong',
		text: 'Your eKey holds, the lock thinks it does not. Ask {owner} to set its clock at the lock.',
		icon: Clock,
		again: 'Try again'
	},
	'lock-frozen': {
		title: 'The lock is frozen',
		text: 'It opens for nobody now. Ask {owner}.',
		icon: Snowflake,
		again: 'Try again'
	},
	'lock-was-reset': {
		title: 'The lock was reset',
		text: 'It has forgotten who owns it. {owner} must pair it again.',
		icon: CircleSlash,
		again: 'Try again'
	},
	'low-battery': {
		title: 'Its batteries are empty',
		first: 'Change the lock’s batteries',
		text: 'or ask {owner}. Then tap Try again.',
		icon: BatteryLow,
		again: 'Try again'
	},
	'dead-bolt': {
		title: 'Bolted from inside',
		text: 'Somebody has turned the bolt by hand. It opens from inside only.',
		icon: DoorClosed,
		again: 'Try again'
	}
} satisfies Partial<Record<FailureCode, FailureWords>>;

/** What a door lock is said otherwise than a padlock. */
export const AT_A_DOOR: Partial<Record<FailureCode, Partial<FailureWords>>> = {
	'no-answer': { first: 'Touch the keypad', text: 'until it lights up. Then tap Try again.' },
	'wrong-key': {
		text: 'It may have been paired anew. Ask {owner} for another eKey.'
	},
	'no-network': { text: 'This phone has no eKey for {lock}.' },
	'lease-over': { text: 'Your eKey on this phone has ended.' },
	'lost-after': {
		title: 'Try the door',
		text: 'The command was sent, its answer was lost. If it is shut, tap Open.'
	}
};
