import type { LockKey } from '$lib/api/app/offline.ts';
import { moment, until } from '$lib/ui/time.ts';

/** What is known of a key, in words: never a state that the lock has not proven. */
export interface KeyWords {
	/** Whose it is, and on what. */
	holder: string;
	on: string;
	tone: 'plain' | 'ready' | 'wait';
	state: string;
	/** Since when, and until when. */
	since: string;
}

export function keyWords(key: LockKey, now: number): KeyWords {
	const { phone, trackingKey, holder } = key;
	const on = { key: 'Core API', fob: 'Fob', phone: phone?.name ?? 'Phone' }[holder];
	return { holder: phone?.userName ?? trackingKey, on, ...stateWords(key, now) };
}

function stateWords(key: LockKey, now: number): Pick<KeyWords, 'tone' | 'state' | 'since'> {
	const at = (time: number | null) => moment(time ?? key.issuedAt, now);
	switch (key.state) {
		case 'waiting':
			return { tone: 'plain', state: 'Waits for the lock', since: `issued ${at(key.issuedAt)}` };
		case 'on-lock': {
			const end = key.until === null ? '' : `, until ${until(key.until, now)}`;
			return { tone: 'ready', state: 'On the lock', since: `since ${at(key.provenAt)}${end}` };
		}
		case 'revoking': {
			const state = 'Revoked, still opens, waiting for the lock';
			return { tone: 'wait', state, since: `revoked ${at(key.revokedAt)}${copyWords(key, now)}` };
		}
		case 'off':
			return neverLeft(key)
				? { tone: 'plain', state: 'Never came to the lock', since: `revoked ${at(key.revokedAt)}` }
				: {
						tone: 'ready',
						state: `Proven off the lock ${at(key.offAt)}`,
						since: key.revokedAt === null ? '' : `revoked ${at(key.revokedAt)}`
					};
	}
}

/** What became of the phone's copy. */
function copyWords({ phone, wipedAt }: LockKey, now: number): string {
	if (wipedAt !== null) return `, deleted on the phone ${moment(wipedAt, now)}`;
	return phone === null ? '' : `, phone last heard ${moment(phone.lastContactAt, now)}`;
}

/** It was taken back before any opening carried it: then no proof was needed. */
function neverLeft({ provenAt, revokedAt, offAt }: LockKey): boolean {
	return provenAt === null && revokedAt !== null && revokedAt === offAt;
}

/** What revoking a key means, as sentences: nothing that is not so. */
export function revokeWords(key: LockKey, lock: string, now: number): string[] {
	const { holder } = keyWords(key, now);
	const end =
		key.until === null
			? 'The key has no end of its own.'
			: `At the latest it ends ${until(key.until, now)}, by the lock’s own clock.`;
	const opens =
		key.state === 'waiting'
			? `${lock} has not proven yet that it has this key. If the key is not on its way there, revoking ends it at once; else it opens until the next opening with signal, by anyone.`
			: `The key still opens ${lock} until its next opening with signal, by anyone: that takes the key off. ${end}`;
	if (key.holder !== 'phone') return [opens];
	const heard = key.phone === null ? '' : `, last heard ${moment(key.phone.lastContactAt, now)},`;
	return [
		opens,
		`The phone${heard} deletes its copy with its next contact with the server.`,
		`${holder} may open ${lock} with signal as before, and ask for another key: that right is changed under People.`
	];
}

/** How many of a lock's slots hold what. */
export function slotCounts(keys: readonly LockKey[], free: number) {
	const count = (state: LockKey['state']) => keys.filter((key) => key.state === state).length;
	return {
		onLock: count('on-lock'),
		waiting: count('waiting'),
		revoking: count('revoking'),
		free
	};
}
