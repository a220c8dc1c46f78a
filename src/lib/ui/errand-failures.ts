import type { Component } from 'svelte';
import BatteryWarning from '@lucide/svelte/icons/battery-warning';
import BluetoothOff from '@lucide/svelte/icons/bluetooth-off';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Clock from '@lucide/svelte/icons/clock-alert';
import CloudAlert from '@lucide/svelte/icons/cloud-alert';
import Copy from '@lucide/svelte/icons/copy';
import Globe from '@lucide/svelte/icons/globe';
import Hash from '@lucide/svelte/icons/hash';
import KeyRound from '@lucide/svelte/icons/key-round';
import Moon from '@lucide/svelte/icons/moon';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import Unplug from '@lucide/svelte/icons/unplug';
import UserRound from '@lucide/svelte/icons/user-round';
import type { ErrandFailure } from '../client/errand-failures.ts';

export interface ErrandFailureWords {
	title: string;
	text: string;
	icon: Component;
	/** False where another tap would not help. */
	again: boolean;
}

/** What the screen says when a door lock was not told, or did not do, what a manager asked for. */
export const ERRAND_FAILURES: Record<ErrandFailure, ErrandFailureWords> = {
	unsupported: {
		title: 'Use Chrome',
		text: 'On Android or a computer. This browser cannot talk to locks.',
		icon: Globe,
		again: false
	},
	'bluetooth-off': {
		title: 'Turn on Bluetooth',
		text: 'Then tap Try again.',
		icon: BluetoothOff,
		again: true
	},
	'no-answer': {
		title: 'Still asleep',
		text: 'Touch the lock’s keypad until it lights, stay close, tap Try again.',
		icon: Moon,
		again: true
	},
	'other-lock': {
		title: 'Another lock',
		text: 'Choose this one in the list that Chrome shows. Nothing was sent.',
		icon: CircleSlash,
		again: true
	},
	busy: {
		title: 'Another tab has it',
		text: 'Another tab of this browser talks with this lock. Wait for it, then tap Try again.',
		icon: Copy,
		again: true
	},
	'not-a-lock': {
		title: 'Not a door lock',
		text: 'What answered does not speak as this lock does. Tap Try again, and choose it.',
		icon: CircleSlash,
		again: true
	},
	lost: {
		title: 'Lost the lock',
		text: 'It may have done it already. Stay close, touch its keypad, tap Try again: twice does no harm.',
		icon: Unplug,
		again: true
	},
	'no-network': {
		title: 'Find signal',
		text: 'The server seals what the lock is told. Tap Try again with signal: twice does no harm.',
		icon: CloudOff,
		again: true
	},
	'server-fault': {
		title: 'The server could not',
		text: 'Tap Try again: twice does no harm.',
		icon: CloudAlert,
		again: true
	},
	'signed-out': {
		title: 'Sign in again',
		text: 'Then come back here.',
		icon: UserRound,
		again: false
	},
	forbidden: {
		title: 'Not yours to do',
		text: 'Ask the owner of the lock, or a manager of the company.',
		icon: UserRound,
		again: false
	},
	foreign: {
		title: 'Not here any more',
		text: 'Somebody else has deleted it. Load this page again.',
		icon: CircleSlash,
		again: false
	},
	'too-long': {
		title: 'It took too long',
		text: 'Stay close, tap Try again: twice does no harm.',
		icon: Clock,
		again: true
	},
	'not-ours': {
		title: 'It does not know Hasp',
		text: 'The lock was reset, or paired elsewhere. Reset it by its button, and pair it again.',
		icon: KeyRound,
		again: false
	},
	'same-digits': {
		title: 'It has these digits',
		text: 'Another passcode of the lock is the same, perhaps one that Hasp does not know. Choose others.',
		icon: Hash,
		again: false
	},
	full: {
		title: 'No room on the lock',
		text: 'It holds no more passcodes. Delete one first.',
		icon: Hash,
		again: false
	},
	'no-power': {
		title: 'Its battery is too weak',
		text: 'Change the batteries, then tap Try again.',
		icon: BatteryWarning,
		again: true
	},
	cannot: {
		title: 'It cannot do that',
		text: 'This lock does not do it over Bluetooth. Nothing has changed.',
		icon: CircleSlash,
		again: false
	},
	refused: {
		title: 'The lock said no',
		text: 'It answered, and stays as it is. Tap Try again.',
		icon: CircleSlash,
		again: true
	}
};
