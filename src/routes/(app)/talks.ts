import { Talks } from '$lib/client/talks.svelte.ts';
import type { SessionState } from '$lib/client/session.svelte.ts';
import { getHolder, getSession } from './contexts.ts';

/**
 * Radio, cipher and outbox are a quarter of the code, and a list of locks can be read without them:
 * what must be quick imports this file later, by `import()`.
 */
export interface TalksHolder {
	talks: Talks | null;
}

/** The conversations of this visit; they begin here, and so does the sending of what was left over. */
export function talksOf(holder: TalksHolder, session: SessionState): Talks {
	if (holder.talks === null) {
		holder.talks = new Talks(session);
		holder.talks.sync.start();
	}
	return holder.talks;
}

/** The same for a component that is being made. */
export function getTalks(): Talks {
	return talksOf(getHolder(), getSession());
}
