import type { Component } from 'svelte';
import BluetoothOff from '@lucide/svelte/icons/bluetooth-off';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Clock from '@lucide/svelte/icons/clock-alert';
import CloudAlert from '@lucide/svelte/icons/cloud-alert';
import Copy from '@lucide/svelte/icons/copy';
import Globe from '@lucide/svelte/icons/globe';
import HandGrab from '@lucide/svelte/icons/hand-grab';
import KeyRound from '@lucide/svelte/icons/key-round';
import Lock from '@lucide/svelte/icons/lock-keyhole';
import Moon from '@lucide/svelte/icons/moon';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import Unplug from '@lucide/svelte/icons/unplug';
import UserRound from '@lucide/svelte/icons/user-round';
import type { FailureCode } from '../client/phases.ts';
import { AT_A_DOOR, DOOR_FAILURES } from './door-failures.ts';

export interface FailureWords {
	/** The headline. */
	title: string;
	/** What to do, set in bold before the text. */
	first?: string;
	text: string;
	icon: Component;
	/** The verb on the lock, or null where another tap would not help. */
	again: 'Try again' | 'Open' | 'Engage' | 'Lock' | null;
	/** The person should press the button under the lock. */
	press?: true;
}

/** Names that stand in the texts as `{lock}` and `{owner}`. */
export interface Names {
	lock: string;
	owner: string;
	/** When the key ended, as `Thu 14:00`, where that is known. */
	ended?: string | undefined;
	/** It locks a door, and hangs on none. */
	door?: boolean;
}

const WORDS: Record<FailureCode, FailureWords> = {
	...DOOR_FAILURES,
	unsupported: {
		title: 'Use Chrome',
		text: 'On Android or a computer. This browser cannot talk to locks.',
		icon: Globe,
		again: null
	},
	'bluetooth-off': {
		title: 'Turn on Bluetooth',
		text: 'Then try again.',
		icon: BluetoothOff,
		again: 'Open'
	},
	'no-answer': {
		title: 'Still asleep',
		first: 'Press the button under the lock',
		text: 'until its light blinks. Then tap Try again.',
		icon: Moon,
		again: 'Try again',
		press: true
	},
	'other-lock': {
		title: 'Another lock',
		first: 'Choose {lock}',
		text: 'in the list that Chrome shows. Nothing was sent.',
		icon: CircleSlash,
		again: 'Try again'
	},
	busy: {
		title: 'Another tab has it',
		text: 'Another tab of this browser talks with {lock}. Wait for it, then tap Try again.',
		icon: Copy,
		again: 'Try again'
	},
	'not-a-lock': {
		title: 'Not a lock',
		text: 'What answered does not speak as this lock does. Choose {lock}, tap Try again.',
		icon: CircleSlash,
		again: 'Try again'
	},
	'lost-before': {
		title: 'Lost the lock',
		text: 'Stay close, tap Try again. Nothing was sent.',
		icon: Unplug,
		again: 'Try again'
	},
	'no-network': {
		title: 'Find signal',
		text: 'This phone has no key for this lock.',
		icon: CloudOff,
		again: 'Try again'
	},
	'waits-for-lock': {
		title: 'Find signal',
		text: 'Your key waits for {lock}: its next opening with signal brings it there.',
		icon: CloudOff,
		again: 'Try again'
	},
	'lease-over': {
		title: 'Go online once',
		text: 'Your key has ended.',
		icon: KeyRound,
		again: 'Try again'
	},
	'clock-back': {
		title: 'Go online once',
		text: 'This phone’s clock moved back.',
		icon: Clock,
		again: 'Try again'
	},
	evicted: {
		title: 'Go online once',
		text: 'Chrome removed your keys.',
		icon: KeyRound,
		again: 'Try again'
	},
	'storage-failed': {
		title: 'Start Hasp again',
		text: 'The storage of this phone gives no key. Close Hasp, start it, tap Open.',
		icon: KeyRound,
		again: 'Try again'
	},
	'server-fault': {
		title: 'No command came',
		text: 'The server gave none. Nothing was sent to the lock. Tap Try again.',
		icon: CloudAlert,
		again: 'Try again'
	},
	'signed-out': {
		title: 'Sign in again',
		text: 'Openings on this phone are kept.',
		icon: UserRound,
		again: null
	},
	'not-now': {
		title: 'Not now',
		text: 'You may not open this lock at this time. Ask {owner}.',
		icon: Clock,
		again: 'Try again'
	},
	foreign: {
		title: 'This lock is not yours',
		text: 'Another company holds it, or Hasp does not know it.',
		icon: CircleSlash,
		again: null
	},
	'wrong-key': {
		title: 'The lock refused the key',
		text: 'Open it once with signal.',
		icon: KeyRound,
		again: 'Try again'
	},
	stuck: {
		title: 'The shackle is stuck',
		first: 'Push the shackle in',
		text: 'and let go. Then tap Try again.',
		icon: HandGrab,
		again: 'Try again'
	},
	'refused-by-lock': {
		title: 'The lock said no',
		text: 'It answered, and stays as it is. Tap Try again.',
		icon: CircleSlash,
		again: 'Try again'
	},
	'lost-after': {
		title: 'Pull the shackle to see',
		text: 'The command was sent, its answer was lost. Hasp asks the lock; it does not send twice.',
		icon: Unplug,
		again: 'Open'
	},
	'not-home': {
		title: 'Not engaged',
		first: 'Push the shackle home',
		text: 'until it stops. Then tap Engage.',
		icon: HandGrab,
		again: 'Engage'
	},
	'lost-engaging': {
		title: 'Lost the lock',
		text: 'It was told to engage, its answer was lost. Stay close, tap Engage: twice does no harm.',
		icon: Unplug,
		again: 'Engage'
	},
	'not-opened': {
		title: 'It did not open',
		text: 'The lock was asked and has proven it. Tap Try again.',
		icon: Lock,
		again: 'Try again'
	}
};

/** What the screen says about a failure, with the names filled in. */
export function failureWords(code: FailureCode, names: Names): FailureWords {
	const fill = (text: string) => text.replace('{lock}', names.lock).replace('{owner}', names.owner);
	const words: FailureWords = { ...WORDS[code], ...(names.door ? AT_A_DOOR[code] : {}) };
	if (names.door) delete words.press;
	if (code === 'lease-over' && names.ended && !names.door)
		words.text = `Your key ended ${names.ended}.`;
	return {
		...words,
		text: fill(words.text),
		...(words.first === undefined ? {} : { first: fill(words.first) })
	};
}
