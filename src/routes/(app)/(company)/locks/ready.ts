/** What the list says of the time without network. Loaded after the list is drawn. */
import type { Lock } from '$lib/api/app/locks.ts';
import type { Readiness } from '$lib/client/offline.svelte.ts';
import type { LockReadiness } from '$lib/client/readiness.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import type { Sync } from '$lib/client/sync.svelte.ts';
import ReadyMark from '$lib/ui/ReadyMark.svelte';
import { readyWords } from '$lib/ui/readiness.ts';
import { talksOf, type TalksHolder } from '../../talks.ts';
import ReadyLine from './ReadyLine.svelte';
import type { Row } from './rows.ts';

export interface Ready {
	readiness: Readiness;
	sync: Sync;
	/** The lock with what it said on this visit. */
	known: (lock: Lock) => Lock;
	/** Whether a row opens without network. */
	of: (row: Row) => LockReadiness;
	words: typeof readyWords;
	Line: typeof ReadyLine;
	Mark: typeof ReadyMark;
}

export function readyOf(holder: TalksHolder, session: SessionState): Ready {
	const talks = talksOf(holder, session);
	const { readiness, sync } = talks;
	const known = (lock: Lock) => talks.known(lock);
	const of = ({ mac, door }: Row) => (door ? readiness.door(door.id) : readiness.of(mac));
	return { readiness, sync, known, of, words: readyWords, Line: ReadyLine, Mark: ReadyMark };
}
