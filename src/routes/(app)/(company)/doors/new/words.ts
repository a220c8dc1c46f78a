import type { LockPairing } from '$lib/client/pairing.svelte.ts';
import type { PairingFacts } from '$lib/client/paired.svelte.ts';
import { PAIRING_FAILURES, type PairingFailureWords } from '$lib/ui/pairing-failures.ts';

type Told = Pick<LockPairing, 'phase' | 'step' | 'failure' | 'kept'>;
type Step = NonNullable<Told['step']>;

export interface Said {
	title: string;
	text: string;
}

const STEPS: Record<Step, string> = {
	greeting: 'It answers.',
	key: 'It makes a key.',
	owner: 'You become its owner.',
	clock: 'It gets the time of this phone.',
	features: 'It tells what it can.',
	settings: 'It tells its settings.',
	passcodes: 'It gets what passcodes are made from.',
	finish: 'It leaves its setting mode.',
	device: 'It tells its model.'
};

/** The steps of a pairing that a bar counts, the last one at the server. */
export const STEP_NAMES = [...(Object.keys(STEPS) as Step[]), 'server'] as const;

/** How many steps are behind it; null where there is nothing to count. */
export function stepsDone({ phase, step }: Told): number | null {
	if (phase === 'telling') return STEP_NAMES.length - 1;
	if (phase !== 'pairing') return null;
	return step === null ? 0 : STEP_NAMES.indexOf(step);
}

/** What the screen says of a pairing; null before it has begun. */
export function pairingWords(told: Told, name: string): Said | null {
	switch (told.phase) {
		case 'idle':
			return null;
		case 'choosing':
			return { title: 'Choose the lock', text: 'It is in the list that Chrome shows.' };
		case 'connecting':
			return { title: 'Connecting', text: 'Touch its keypad if it is dark. Stay close.' };
		case 'pairing':
			return {
				title: 'Pairing',
				text: `${told.step === null ? 'It answers.' : STEPS[told.step]} Stay close.`
			};
		case 'resetting':
			return { title: 'Resetting', text: 'It forgets you. Stay close.' };
		case 'telling':
			return { title: 'It is yours', text: 'Telling the server. You may go.' };
		case 'done':
			return { title: 'Paired', text: `${name} is yours, and the server has its keys.` };
		case 'waits':
			return {
				title: 'Paired, waits for the network',
				text: `${name} is yours. Its keys are safe on this phone, and go to the server by themselves with signal.`
			};
		case 'freed':
			return { title: 'Reset', text: 'It is free: whoever pairs it next has it.' };
		case 'stopped':
			return {
				title: 'Stopped',
				text: told.kept
					? 'The lock may be yours already. Its keys are safe on this phone: go on when you like.'
					: 'The lock is as it was.'
			};
		case 'failed':
			return failureWords(told);
	}
}

/** The words of what failed, or null. */
export function failureWords({ failure, kept }: Told): PairingFailureWords | null {
	if (failure === null) return null;
	const words = PAIRING_FAILURES[failure];
	if (!kept || words.text.includes('keys')) return words;
	return { ...words, text: `${words.text} Its keys are safe on this phone.` };
}

/** The one button: what it says, and whether it goes on with the same lock. */
export function nextTap(told: Told): { verb: string; which: 'same' | 'another' } | null {
	const { phase, kept } = told;
	if (phase === 'stopped' && kept) return { verb: 'Go on', which: 'same' };
	if (phase !== 'failed') return { verb: 'Choose the lock', which: 'another' };
	const again = failureWords(told)?.again ?? null;
	return again && { verb: kept ? 'Go on' : 'Try again', which: again };
}

/** How a lock stands that the server does not have. */
export function waitingWords({ state, refused }: PairingFacts): { text: string; fails: boolean } {
	if (state === 'begun') return { text: 'Cut half-way: it may be yours', fails: true };
	if (state === 'owned') return { text: 'Cut half-way: it is yours', fails: true };
	if (refused === 'conflict') return { text: 'Paired. Another owner has it here', fails: true };
	if (refused === 'forbidden')
		return { text: 'Paired, waits for an owner or admin to sign in', fails: true };
	if (refused !== null) return { text: 'Paired. The server does not take it', fails: true };
	return { text: 'Paired, waits for the network', fails: false };
}
