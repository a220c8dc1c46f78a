import type { Lock } from '$lib/api/app/locks.ts';
import { kindOf } from '$lib/ui/kinds.ts';

/** How explicit lock stands, in words: never a state that the lock has not proven. */
export interface SettingWords {
	tone: 'plain' | 'ready' | 'wait';
	state: string;
	/** Why it stands so, or null where nothing is to be explained. */
	why: string | null;
	/** What switching asks for next; null where it cannot be switched. */
	turns: 'on' | 'off' | null;
}

const WITH = 'with the next opening with signal, by anyone';

export function explicitLockWords({
	explicitLock,
	hardwareType,
	firmware,
	name
}: Lock): SettingWords {
	switch (explicitLock) {
		case 'off':
			return { tone: 'plain', state: 'Off', why: null, turns: 'on' };
		case 'on':
			return { tone: 'ready', state: 'On the lock', why: null, turns: 'off' };
		case 'goes-on':
			return {
				tone: 'wait',
				state: 'Waits for the lock',
				why: `It goes on ${WITH}.`,
				turns: 'off'
			};
		case 'goes-off':
			return { tone: 'wait', state: 'Still on', why: `It goes off ${WITH}.`, turns: 'on' };
		case 'refused':
			return {
				tone: 'wait',
				state: 'The lock keeps it off',
				why: `${name} was told to, and has proven that it did not. Its own firmware may be older than the ${firmware} that stands here. Nothing else is lost: it opens as before.`,
				turns: 'on'
			};
		case null: {
			const { name: kind, hardwareType: known } = kindOf(hardwareType);
			const why =
				known === '4I'
					? `It takes firmware 4.25 or later; this lock has ${firmware}.`
					: `Only HD padlocks have it; this is a ${kind}.`;
			return { tone: 'plain', state: 'Not with this lock', why, turns: null };
		}
	}
}
