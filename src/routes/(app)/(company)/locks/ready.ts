/** What the list says of the time without network. Loaded after the list is drawn. */
import type { Lock } from '$lib/api/app/locks.ts';
import type { Readiness } from '$lib/client/offline.svelte.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Sync } from '$lib/client/sync.svelte.ts';
import ReadyMark from '$lib/ui/ReadyMark.svelte';
import { readyWords } from '$lib/ui/readiness.ts';
import { talksOf, type TalksHolder } from '../../talks.ts';
import ReadyLine from './ReadyLine.svelte';

export interface Ready {
	readiness: Readiness;
	sync: Sync;
	/** The lock with what it said on this visit. */
	known: (lock: Lock) => Lock;
	words: typeof readyWords;
	Line: typeof ReadyLine;
	Mark: typeof ReadyMark;
}

export function readyOf(holder: TalksHolder, session: SessionState): Ready {
	const talks = talksOf(holder, session);
	const { readiness, sync } = talks;
	const known = (lock: Lock) => talks.known(lock);
	return { readiness, sync, known, words: readyWords, Line: ReadyLine, Mark: ReadyMark };
}
