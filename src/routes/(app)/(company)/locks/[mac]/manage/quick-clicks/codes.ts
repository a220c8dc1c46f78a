import { UNLIMITED, type QuickClick } from '$lib/api/app/quick-clicks.ts';
import { moment } from '$lib/ui/time.ts';

/** What is known of a quick click, in words: never a state that the lock has not proven. */
export interface CodeWords {
	name: string;
	tone: 'plain' | 'ready' | 'wait';
	state: string;
	/** How often it still opens, or since when it should not. */
	uses: string;
	/** What else waits for the lock, or null. */
	next: string | null;
}

export function codeWords(code: QuickClick, now: number): CodeWords {
	const name = code.name || 'From the Core API';
	const next = code.nextUses === null ? null : `then ${times(code.nextUses)}`;
	return { name, next, ...stateWords(code, now) };
}

function stateWords(code: QuickClick, now: number): Pick<CodeWords, 'tone' | 'state' | 'uses'> {
	const since = `since ${moment(code.revokedAt ?? code.issuedAt, now)}`;
	switch (code.state) {
		case 'waiting':
			return { tone: 'plain', state: 'Waits for the lock', uses: left(code) };
		case 'on-lock':
			return code.uses === 0
				? { tone: 'plain', state: 'Used up', uses: left(code) }
				: { tone: 'ready', state: 'On the lock', uses: left(code) };
		case 'revoking':
			return code.uses === 0
				? { tone: 'plain', state: 'Revoked, used up', uses: since }
				: { tone: 'wait', state: 'Revoked, still opens', uses: since };
		case 'off':
			return neverLeft(code)
				? { tone: 'plain', state: 'Never came to the lock', uses: '' }
				: { tone: 'ready', state: `Proven ${moment(code.offAt ?? now, now)}`, uses: '' };
	}
}

/** It was taken back before any opening carried it: then no proof was needed. */
function neverLeft({ provenAt, revokedAt, offAt }: QuickClick): boolean {
	return provenAt === null && revokedAt !== null && revokedAt === offAt;
}

function left({ uses, startUses }: QuickClick): string {
	return uses === UNLIMITED ? 'unlimited' : `${uses} of ${times(startUses)}`;
}

function times(uses: number): string {
	if (uses === UNLIMITED) return 'unlimited use';
	return uses === 1 ? '1 use' : `${uses} uses`;
}

/** What revoking it means, as sentences: nothing that is not so. */
export function revokeWords(code: QuickClick, lock: string): string[] {
	const end =
		code.uses === UNLIMITED
			? 'It has no end of its own.'
			: `Until then it has ${times(code.uses)} left, as far as ${lock} has told.`;
	const opens =
		code.state === 'waiting'
			? `${lock} has not proven yet that it has this quick click. If it is not on its way there, revoking ends it at once; else it opens until the next opening with signal, by anyone.`
			: `It still opens ${lock} until its next opening with signal, by anyone: that takes it off. ${end}`;
	return [opens, 'The same rhythm can be used again once the lock has proven it off.'];
}

/** Why a code cannot be issued now, or null. */
export function clashWith(
	codes: readonly QuickClick[],
	code: string
): { title: string; text: string } | null {
	const same = codes.find((known) => known.code === code && known.state !== 'off');
	if (same === undefined) return null;
	const name = same.name || 'A quick click of the Core API';
	return same.state === 'revoking'
		? {
				title: 'This rhythm is on the lock still',
				text: `${name} is revoked. Its rhythm is free once the lock has proven it off.`
			}
		: { title: 'This rhythm is taken', text: `${name} has it on this lock.` };
}
