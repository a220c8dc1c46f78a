/** What a tap in the list begins. Loaded after the list is drawn, before anybody can have read it. */
import type { Lock } from '$lib/api/app/locks.ts';
import { failureWords, type FailureWords } from '$lib/ui/failures.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import { talksOf, type TalksHolder } from '../../talks.ts';

/** Starts opening a lock of the list; its own page then shows how it goes. */
export function openOne(holder: TalksHolder, session: SessionState, lock: Lock): void {
	void talksOf(holder, session).with(lock).open('unlock');
}

/**
 * Lets the person choose among the locks nearby and opens the one they chose.
 * @returns what went wrong, in words
 */
export async function openNearest(
	holder: TalksHolder,
	session: SessionState,
	locks: readonly Lock[],
	found: (lock: Lock) => unknown
): Promise<FailureWords | null> {
	const talks = talksOf(holder, session);
	await talks.nearest(locks, found);
	if (talks.trouble === null) return null;
	const owner = session.me?.company?.ownerName ?? 'the owner';
	return failureWords(talks.trouble, { lock: 'one of yours', owner });
}
