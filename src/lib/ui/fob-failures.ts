import type { Component } from 'svelte';
import BluetoothOff from '@lucide/svelte/icons/bluetooth-off';
import CircleSlash from '@lucide/svelte/icons/circle-slash';
import CloudAlert from '@lucide/svelte/icons/cloud-alert';
import Copy from '@lucide/svelte/icons/copy';
import Globe from '@lucide/svelte/icons/globe';
import Hourglass from '@lucide/svelte/icons/hourglass';
import KeyRound from '@lucide/svelte/icons/key-round';
import Moon from '@lucide/svelte/icons/moon';
import CloudOff from '@lucide/svelte/icons/cloud-off';
import Unplug from '@lucide/svelte/icons/unplug';
import UserRound from '@lucide/svelte/icons/user-round';
import type { FobFailure } from '../client/fob-failures.ts';

export interface FobFailureWords {
	title: string;
	text: string;
	icon: Component;
	/** False where another tap would not help. */
	again: boolean;
}

/** What the screen says when a fob was not synced. It holds what it held, unless the words say more. */
export const FOB_FAILURES: Record<FobFailure, FobFailureWords> = {
	unsupported: {
		title: 'Use Chrome',
		text: 'On Android or a computer. This browser cannot talk to fobs.',
		icon: Globe,
		again: false
	},
	'bluetooth-off': {
		title: 'Turn on Bluetooth',
		text: 'Then tap Sync.',
		icon: BluetoothOff,
		again: true
	},
	'no-answer': {
		title: 'Still asleep',
		text: 'Squeeze the fob until its light blinks, hold it close, tap Try again.',
		icon: Moon,
		again: true
	},
	'other-fob': {
		title: 'Another fob',
		text: 'Choose this one in the list that Chrome shows. Nothing was sent.',
		icon: CircleSlash,
		again: true
	},
	busy: {
		title: 'Another tab has it',
		text: 'Another tab of this browser talks with this fob. Wait for it, then tap Try again.',
		icon: Copy,
		again: true
	},
	'not-a-fob': {
		title: 'Not a fob',
		text: 'What answered does not speak as a fob does. Choose it again.',
		icon: CircleSlash,
		again: true
	},
	lost: {
		title: 'Lost the fob',
		text: 'It keeps what it had. Squeeze it, hold it close, tap Try again.',
		icon: Unplug,
		again: true
	},
	'no-network': {
		title: 'Find signal',
		text: 'The keys come from the server. The fob keeps what it had.',
		icon: CloudOff,
		again: true
	},
	'server-fault': {
		title: 'No keys came',
		text: 'The server could not make them. Nothing was sent to the fob. Tap Try again.',
		icon: CloudAlert,
		again: true
	},
	'signed-out': {
		title: 'Sign in again',
		text: 'What the fob said on this phone is kept.',
		icon: UserRound,
		again: false
	},
	forbidden: {
		title: 'Not yours to sync',
		text: 'Owners and admins sync fobs.',
		icon: CircleSlash,
		again: false
	},
	foreign: {
		title: 'This fob is not yours',
		text: 'It was removed meanwhile, or another company holds it.',
		icon: CircleSlash,
		again: false
	},
	'wrong-key': {
		title: 'The fob refused the key',
		text: 'It holds another than the server knows: another company synced it, or its base key is another.',
		icon: KeyRound,
		again: true
	},
	refused: {
		title: 'The fob said no',
		text: 'It answered, and keeps what it had. Tap Try again.',
		icon: CircleSlash,
		again: true
	},
	untold: {
		title: 'Written, not told yet',
		text: 'The fob took everything. Its proof waits on this phone and goes out with signal.',
		icon: Hourglass,
		again: true
	}
};
