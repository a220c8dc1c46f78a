/** What a tap in the list begins. Loaded after the list is drawn, before anybody can have read it. */
import { failureWords, type FailureWords } from '$lib/ui/failures.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import { talksOf, type TalksHolder } from '../../talks.ts';
import type { Row } from './rows.ts';

/** Starts opening a lock of the list; its own page then shows how it goes. */
export function openOne(holder: TalksHolder, session: SessionState, { lock, door }: Row): void {
	const talks = talksOf(holder, session);
	if (lock) void talks.with(lock).open('unlock');
	else if (door) void talks.withDoor(door).open('unlock');
}

/**
 * Lets the person choose among the locks nearby and opens the one they chose.
 * @param elsewhere finds locks that are not among the rows; null when there are no others
 * @returns what went wrong, in words
 */
export async function openNearest(
	holder: TalksHolder,
	session: SessionState,
	rows: readonly Row[],
	elsewhere: ((text: string) => Promise<Row[]>) | null,
	found: (row: Row) => unknown
): Promise<FailureWords | null> {
	const talks = talksOf(holder, session);
	await talks.nearest(rows, elsewhere, found);
	if (talks.trouble === null) return null;
	const owner = session.me?.company?.ownerName ?? 'the owner';
	return failureWords(talks.trouble, { lock: 'one of yours', owner });
}
