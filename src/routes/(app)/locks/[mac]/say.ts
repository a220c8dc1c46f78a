import type { Component } from 'svelte';
import type { Lock } from '$lib/api/app/locks.ts';
import { failureWords } from '$lib/ui/failures.ts';
import { asOf, asOfSentence, clockSeconds } from '$lib/ui/time.ts';
import type { Told } from './rest.ts';

/** What a tap on the page of a lock asks for. */
export type Wanted = 'unlock' | 'unshackle';

export interface Said {
	title: string;
	first?: string | undefined;
	text: string;
	alert?: boolean;
	icon?: Component;
}

const HOW = 'Press the button on the lock, then tap Open.';

function known(lock: Lock, now: number): Said {
	if (lock.lastKnown === null) {
		return lock.awaitingSetup
			? { title: 'New', text: `Its first opening sets it up. ${HOW}` }
			: { title: 'Not known', text: `The lock has not reported yet. ${HOW}` };
	}
	const { state, at } = lock.lastKnown;
	if (state === 'closed')
		return { title: 'Closed', text: `As of ${asOfSentence(at, now)}. ${HOW}` };
	const title = state === 'open' ? 'Open as of' : 'Shackle off as of';
	return { title: `${title} ${asOf(at, now)}`, text: `Not heard since. ${HOW}` };
}

/** What the page of a lock says: only what is known, with its time. */
export function say(
	lock: Lock,
	talk: Told,
	told: { action: Wanted; owner: string; now: number }
): Said {
	if (talk.phase === 'failed' && talk.failure !== null) {
		const words = failureWords(talk.failure, { lock: lock.name, owner: told.owner });
		return { ...words, alert: true };
	}
	switch (talk.phase) {
		case 'connecting':
			return { title: 'Connecting', text: 'Press the button on the lock if its light is off.' };
		case 'asking':
			if (talk.slow) return { title: 'Still asking', text: 'You can stop.' };
			return {
				title: 'Asking',
				text: 'The lock is awake. Asking the server for the command that opens it.'
			};
		case 'opening':
			return { title: 'Opening', text: 'The lock has the command.' };
		case 'open': {
			const at = talk.openedAt === null ? '' : `As of ${clockSeconds(talk.openedAt)}. `;
			return {
				title: 'It’s open',
				text:
					told.action === 'unshackle'
						? `${at}Pull the shackle all the way out now. Change the battery, then push it back in.`
						: `${at}Pull the shackle now; the lock holds it again by itself.`
			};
		}
		case 'asleep': {
			if (talk.endedAs?.state === 'closed')
				return { title: 'Asleep', text: `It reported closed at ${clockSeconds(talk.endedAs.at)}.` };
			const at = talk.endedAs?.at ?? talk.openedAt;
			return {
				title: 'Asleep',
				text: at === null ? 'It ended the link.' : `Last known open, ${clockSeconds(at)}.`
			};
		}
		default:
			return known(lock, told.now);
	}
}
