import type { Errand } from '$lib/client/carry.ts';

/** What is said of an errand before it is run and after. */
export interface ErrandWords {
	title: string;
	text: string;
	done: string;
	verb?: string;
}

export const ERRANDS: Record<Errand['action'], ErrandWords> = {
	unlock: { title: 'Open it', text: 'The bolt opens.', done: 'It’s open.' },
	lock: { title: 'Lock it', text: 'The bolt closes.', done: 'It’s locked.' },
	log: {
		title: 'Read its records',
		text: 'The phone carries them; the server reads them. Only what is new is fetched.',
		done: 'Read. The list is up to date.',
		verb: 'Read'
	},
	'set-clock': {
		title: 'Set its clock',
		text: 'The lock gets the server’s time.',
		done: 'Its clock is right now.',
		verb: 'Set it'
	},
	'read-status': {
		title: 'Ask the lock',
		text: 'It tells its model, its clock, and how it is set.',
		done: 'It has told.',
		verb: 'Ask'
	},
	'read-passcodes': {
		title: 'Read its passcodes',
		text: 'The lock tells which passcodes it has. Hasp settles by that what was not known.',
		done: 'Read. The list says what the lock has.',
		verb: 'Read'
	},
	'reset-ekeys': {
		title: 'Reset the eKeys?',
		text: 'Every eKey that was sent ends at once, also on phones without signal and in other apps.',
		done: 'No eKey that was sent before opens any more.',
		verb: 'Reset them'
	},
	reset: {
		title: 'Reset the lock?',
		text: 'It forgets Hasp, all eKeys and all passcodes. Hasp deletes it with its records. This cannot be taken back.',
		done: 'The lock waits to be paired. It is deleted here.',
		verb: 'Reset it'
	},
	'tell-passcode': {
		title: 'Write the passcode',
		text: 'Until then the lock does not know it.',
		done: 'The lock has it.',
		verb: 'Write it'
	},
	'set-auto-lock': {
		title: 'Set auto-lock',
		text: 'The lock is told when to lock by itself.',
		done: 'It is set.',
		verb: 'Set it'
	},
	'set-sound': {
		title: 'Set its sound',
		text: 'The lock is told whether to beep.',
		done: 'It is set.',
		verb: 'Set it'
	},
	'set-passage': {
		title: 'Set passage mode',
		text: 'The lock is told when to stay open.',
		done: 'It is set.',
		verb: 'Set it'
	}
};
