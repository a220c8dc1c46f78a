import type { ClientErrorCode } from '../client/call.ts';
import type { SignRefusal } from '../client/session.svelte.ts';

export interface RefusalWords {
	title: string;
	text: string;
}

/** What a page says when the server refused it, or could not be reached. */
export const REFUSALS: Record<ClientErrorCode, RefusalWords> = {
	'bad-input': { title: 'That does not fit', text: 'Look at the fields again.' },
	'signed-out': { title: 'Sign in again', text: 'Openings on this phone are kept.' },
	forbidden: { title: 'Not yours to change', text: 'Ask the owner of the company.' },
	'not-now': { title: 'Not now', text: 'You may not open this lock at this time.' },
	elsewhere: {
		title: 'Not at this address',
		text: 'Open Hasp at its own address, which whoever runs it has set as ORIGIN.'
	},
	'not-found': { title: 'Not here', text: 'It was removed, or it is not yours to see.' },
	conflict: { title: 'It is there already', text: 'Nothing was changed.' },
	gone: { title: 'This link has ended', text: 'Ask for a new invitation.' },
	'too-large': { title: 'That is too much at once', text: 'Send less.' },
	'too-many': { title: 'Too often', text: 'Wait a minute, then try again.' },
	internal: { title: 'The server could not', text: 'Nothing was changed. Try again.' },
	'no-network': { title: 'No network', text: 'Find signal, then try again.' },
	'timed-out': { title: 'No answer', text: 'The server is down, or too slow. Try again.' },
	'bad-reply': { title: 'Load this page again', text: 'The server speaks another version of Hasp.' }
};

/** Why nobody was signed in or up. */
export const SIGN_REFUSALS: Record<SignRefusal, RefusalWords> = {
	'wrong-credentials': { title: 'Not that password', text: 'Or not that address. Try again.' },
	taken: { title: 'That address has an account', text: 'Sign in with it instead.' },
	'weak-password': { title: 'Another password', text: 'It takes 12 to 128 characters.' },
	'bad-email': { title: 'Not an address', text: 'An email address looks like name@example.com.' },
	closed: { title: 'An invitation is needed', text: 'Ask the owner of the company for a new link.' }
};

/** The code of whatever a call threw; anything unknown counts as the server's own fault. */
export function refusalOf(cause: unknown): ClientErrorCode {
	const code = (cause as { code?: unknown } | null)?.code;
	return typeof code === 'string' && code in REFUSALS ? (code as ClientErrorCode) : 'internal';
}
