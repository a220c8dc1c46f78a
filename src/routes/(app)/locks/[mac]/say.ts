import type { Lock } from '$lib/api/app/locks.ts';
import { waitsToEngage } from '$lib/client/engages.ts';
import { failureWords } from '$lib/ui/failures.ts';
import { asOf, asOfSentence, clockSeconds, moment } from '$lib/ui/time.ts';
import type { Said, Told } from '$lib/ui/told.ts';

const ENGAGE = 'Push it home, then tap Engage.';

const HOW = 'Press the button on the lock, then tap Open.';

/** Whether its shackle may be home without holding. */
export function mayEngage(lock: Lock, { phase, deed }: Told): boolean {
	if (!waitsToEngage(lock)) return false;
	if (phase === 'open') return deed === 'unlock';
	return lock.lastKnown !== null && lock.lastKnown.state !== 'closed';
}

function known(lock: Lock, now: number): Said {
	if (lock.lastKnown === null) {
		return lock.awaitingSetup
			? { title: 'New', text: `Its first opening sets it up. ${HOW}` }
			: { title: 'Not known', text: `The lock has not reported yet. ${HOW}` };
	}
	const { state, at } = lock.lastKnown;
	if (state !== 'closed' && waitsToEngage(lock)) {
		const text = `As of ${asOfSentence(at, now)}. Home or not, the shackle does not hold. ${ENGAGE}`;
		return { title: 'Not engaged', text };
	}
	if (state === 'closed')
		return { title: 'Closed', text: `As of ${asOfSentence(at, now)}. ${HOW}` };
	const title = state === 'open' ? 'Open as of' : 'Shackle off as of';
	return { title: `${title} ${asOf(at, now)}`, text: `Not heard since. ${HOW}` };
}

/** What the page of a lock says: only what is known, with its time. */
export function say(
	lock: Lock,
	talk: Told,
	told: { owner: string; clock: { readonly at: number } }
): Said {
	if (talk.phase === 'failed' && talk.failure !== null) {
		const ended = talk.keyEnded === null ? undefined : moment(talk.keyEnded, told.clock.at);
		const words = failureWords(talk.failure, { lock: lock.name, owner: told.owner, ended });
		return { ...words, alert: true };
	}
	const engages = talk.deed === 'engage';
	switch (talk.phase) {
		case 'connecting':
			return { title: 'Connecting', text: 'Press the button on the lock if its light is off.' };
		case 'asking':
			if (talk.offline)
				return { title: 'Using your key', text: 'No network. The key on this phone opens it.' };
			if (talk.slow) return { title: 'Still asking', text: 'You can stop.' };
			return {
				title: 'Asking',
				text: `The lock is awake. Asking the server for the command that ${engages ? 'engages' : 'opens'} it.`
			};
		case 'opening':
			return { title: engages ? 'Engaging' : 'Opening', text: 'The lock has the command.' };
		case 'open': {
			const at = talk.openedAt === null ? '' : `As of ${clockSeconds(talk.openedAt)}. `;
			return {
				title: 'It’s open',
				text:
					talk.deed === 'unshackle'
						? `${at}Pull the shackle all the way out now. Change the battery, then push it back in.`
						: waitsToEngage(lock)
							? `${at}Pull the shackle now. It holds again only when it is engaged. ${ENGAGE}`
							: `${at}Pull the shackle now; the lock holds it again by itself.`
			};
		}
		case 'asleep': {
			if (talk.endedAs?.state === 'closed')
				return { title: 'Asleep', text: `It reported closed at ${clockSeconds(talk.endedAs.at)}.` };
			const at = talk.endedAs?.at ?? talk.openedAt;
			if (waitsToEngage(lock))
				return {
					title: 'Not engaged',
					text: `It went to sleep${at === null ? '' : ` at ${clockSeconds(at)}`}. Home or not, the shackle does not hold. ${ENGAGE}`
				};
			return {
				title: 'Asleep',
				text: at === null ? 'It ended the link.' : `Last known open, ${clockSeconds(at)}.`
			};
		}
		default:
			return known(lock, told.clock.at);
	}
}
