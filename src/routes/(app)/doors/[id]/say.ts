import type { Door } from '$lib/api/app/doors.ts';
import { failureWords } from '$lib/ui/failures.ts';
import { clockSeconds, moment } from '$lib/ui/time.ts';
import type { Said, Told } from '$lib/ui/told.ts';

const AT_REST: Record<Door['opens'], Said> = {
	now: { title: 'Ready', text: 'Touch the keypad so that the lock wakes, then tap Open.' },
	'not-yet': { title: 'Not yet', text: 'Your eKey begins later. Its time stands below.' },
	expired: { title: 'Ended', text: 'Your eKey has ended. Ask {owner} for another.' },
	'outside-hours': {
		title: 'Not at this hour',
		text: 'Your eKey holds on some days and hours. They stand below.'
	},
	used: { title: 'Used', text: 'Your eKey was for one opening. Ask {owner} for another.' },
	frozen: { title: 'Frozen', text: 'Your eKey is frozen. Ask {owner} to unfreeze it.' },
	reset: { title: 'Ended', text: 'All eKeys of this lock were reset. Ask {owner} for another.' }
};

/** What the page of a door lock says: only what is known. Whether a door is locked nobody tells it. */
export function say(
	door: Door,
	talk: Told,
	told: { owner: string; clock: { readonly at: number } }
): Said {
	if (talk.phase === 'failed' && talk.failure !== null) {
		const ended = talk.keyEnded === null ? undefined : moment(talk.keyEnded, told.clock.at);
		const names = { lock: door.name, owner: told.owner, ended, door: true };
		return { ...failureWords(talk.failure, names), alert: true };
	}
	const locks = talk.deed === 'lock';
	switch (talk.phase) {
		case 'connecting':
			return { title: 'Connecting', text: 'Touch the keypad of the lock if it is dark.' };
		case 'asking':
			if (talk.offline)
				return { title: 'Using your eKey', text: 'No network. The eKey on this phone does it.' };
			if (talk.slow) return { title: 'Still asking', text: 'You can stop.' };
			return {
				title: 'Asking',
				text: `The lock is awake. The server says what ${locks ? 'locks' : 'opens'} it.`
			};
		case 'opening':
			return { title: locks ? 'Locking' : 'Opening', text: 'The lock has the command.' };
		case 'open': {
			const at = talk.openedAt === null ? '' : `As of ${clockSeconds(talk.openedAt)}. `;
			return { title: 'It’s open', text: `${at}Push the door now. It may lock again by itself.` };
		}
		case 'asleep':
			return {
				title: 'Opened',
				text: `${talk.openedAt === null ? '' : `At ${clockSeconds(talk.openedAt)}. `}It may have locked again by itself.`
			};
		case 'idle':
			if (talk.endedAs?.state === 'closed')
				return {
					title: 'Locked',
					text: `The lock said so at ${clockSeconds(talk.endedAs.at)}. Pull the door to be sure.`
				};
			break;
		case 'failed':
	}
	const rest = AT_REST[door.opens];
	return { ...rest, text: rest.text.replace('{owner}', told.owner) };
}
