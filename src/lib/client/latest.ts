import type { Lock } from '../api/app/locks.ts';
import type { Conversation } from './phases.ts';

/** A lock with the newest that is known of its shackle: the server's account, or what it said here. */
export function latest<L extends Pick<Lock, 'lastKnown'>>(
	lock: L,
	talk: Pick<Conversation, 'endedAs' | 'openedAt'> | undefined
): L {
	const opened = talk?.openedAt != null ? ({ state: 'open', at: talk.openedAt } as const) : null;
	const said = talk?.endedAs ?? opened;
	return said && said.at > (lock.lastKnown?.at ?? 0) ? { ...lock, lastKnown: said } : lock;
}
