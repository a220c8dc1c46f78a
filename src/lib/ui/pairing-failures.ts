import type { Component } from 'svelte';
import BluetoothOff from '@lucide/svelte/icons/bluetooth-off';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import Copy from '@lucide/svelte/icons/copy';
import Globe from '@lucide/svelte/icons/globe';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import KeyRound from '@lucide/svelte/icons/key-round';
import Moon from '@lucide/svelte/icons/moon';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import Unplug from '@lucide/svelte/icons/unplug';
import UserRound from '@lucide/svelte/icons/user-round';
import type { PairingFailure } from '../client/pairing-failures.ts';

export interface PairingFailureWords {
	title: string;
	text: string;
	icon: Component;
	/** What the one button does: the same lock again, or the chooser; null where no tap helps. */
	again: 'same' | 'another' | null;
}

/** What the screen says when a lock was not paired. */
export const PAIRING_FAILURES: Record<PairingFailure, PairingFailureWords> = {
	unsupported: {
		title: 'Use Chrome',
		text: 'On Android or a computer. This browser cannot talk to locks.',
		icon: Globe,
		again: null
	},
	'bluetooth-off': {
		title: 'Turn on Bluetooth',
		text: 'Then tap Try again. The lock is as it was.',
		icon: BluetoothOff,
		again: 'another'
	},
	'no-answer': {
		title: 'No answer',
		text: 'Touch the lock’s keypad until it lights, stay close, tap Try again.',
		icon: Moon,
		again: 'another'
	},
	busy: {
		title: 'Another tab has it',
		text: 'Another tab of this browser talks with this lock. Wait for it, then tap Try again.',
		icon: Copy,
		again: 'another'
	},
	'not-a-lock': {
		title: 'Not such a lock',
		text: 'What answered does not speak as a Sifely or TTLock door lock. Choose another.',
		icon: CircleSlash,
		again: 'another'
	},
	'storage-full': {
		title: 'Make room on this phone',
		text: 'Its storage is full, and the lock’s keys must be kept on it first. Delete something, then tap Try again.',
		icon: HardDrive,
		again: 'same'
	},
	'storage-failed': {
		title: 'Start Hasp again',
		text: 'The storage of this phone does not answer. Close Hasp, start it, come back here.',
		icon: HardDrive,
		again: 'same'
	},
	foreign: {
		title: 'It has an owner',
		text: 'It was paired before: it is in your list already, or its owner deletes it in the app it was paired with. Else hold the reset button inside the lock. Then tap Try again.',
		icon: CircleSlash,
		again: 'same'
	},
	lost: {
		title: 'Lost the lock',
		text: 'It is as it was. Touch its keypad, stay close, tap Try again.',
		icon: Unplug,
		again: 'same'
	},
	refused: {
		title: 'The lock said no',
		text: 'It answered, and is as it was. Tap Try again.',
		icon: CircleSlash,
		again: 'same'
	},
	cut: {
		title: 'Cut half-way',
		text: 'The lock may be yours already. Its keys are safe on this phone. Touch its keypad, stay close, tap Go on.',
		icon: Unplug,
		again: 'same'
	},
	nameless: {
		title: 'It does not tell its MAC',
		text: 'It is yours, and its keys are safe on this phone. Tap Go on: it is asked once more.',
		icon: CircleSlash,
		again: 'same'
	},
	untold: {
		title: 'Find signal',
		text: 'The lock is yours, its keys are safe on this phone. Its storage is full, so the rest must go to the server at once: find signal, then tap Go on.',
		icon: CloudOff,
		again: 'same'
	},
	'signed-out': {
		title: 'Sign in again',
		text: 'What was paired stays on this phone, and goes to the server then.',
		icon: UserRound,
		again: null
	},
	forbidden: {
		title: 'Not yours to add',
		text: 'Only the owner and admins add locks. Its keys stay on this phone until one of them signs in here.',
		icon: UserRound,
		again: null
	},
	conflict: {
		title: 'Another owner has it here',
		text: 'The lock is paired, its keys stay on this phone. Whoever has the lock in your company must delete it first. Then it goes to the server by itself.',
		icon: UserRound,
		again: null
	},
	unfit: {
		title: 'Load this page again',
		text: 'The lock is paired, its keys stay on this phone. The server does not take what this version of Hasp says of it.',
		icon: CircleSlash,
		again: null
	},
	'nothing-kept': {
		title: 'No keys of it here',
		text: 'Only the phone that paired it, or its owner, resets it.',
		icon: KeyRound,
		again: 'another'
	}
};
