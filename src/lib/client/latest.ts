import * as z from 'zod/mini';
import { Lock } from '../api/app/locks.ts';
import type { Me } from '../api/app/people.ts';
import type { Conversation } from './phases.ts';

/** What a lock told this phone itself; times are by the phone's clock. */
export const Heard = z.pick(Lock, { mac: true, lastKnown: true, battery: true, lastOpened: true });
export type Heard = z.infer<typeof Heard>;

/** What a conversation has heard so far. @param me what the activity calls this person */
export function heardOf(
	mac: string,
	talk: Pick<Conversation, 'endedAs' | 'openedAt' | 'battery'>,
	me: string | null
): Heard {
	const { openedAt: at, endedAs, battery } = talk;
	const opened = at === null ? null : ({ state: 'open', at } as const);
	const lastOpened = at === null ? null : { at, trackingKey: me };
	return { mac, lastKnown: endedAs ?? opened, battery, lastOpened };
}

/** A lock with the newest that is known of it: the server's account, or what it said here. */
export function latest<L extends Heard>(lock: L, heard: Heard | undefined): L {
	if (heard === undefined) return lock;
	return {
		...lock,
		lastKnown: newer(lock.lastKnown, heard.lastKnown),
		battery: newer(lock.battery, heard.battery),
		lastOpened: newer(lock.lastOpened, heard.lastOpened)
	};
}

function newer<T extends { at: number }>(a: T | null, b: T | null): T | null {
	return (b?.at ?? 0) > (a?.at ?? 0) ? b : a;
}

/** What the activity calls openings by this person. */
export function ownName(me: Me | undefined): string | null {
	// Nobody in a demo has an address of their own.
	return (me?.demoEnds == null ? me?.user?.email : me.user?.name) ?? null;
}

/** Whether the state that is known came of an opening by this person. */
export function isByMe({ lastOpened }: Pick<Lock, 'lastOpened'>, me: Me | undefined): boolean {
	return lastOpened?.trackingKey != null && lastOpened.trackingKey === ownName(me);
}
