import type { Connect, Link } from '../link/link.ts';
import { VENDORS, type Vendor } from '../protocol/vendors.ts';
import { WAKING } from './alone.ts';
import { call as callServer, type Call } from './call.ts';
import { write } from './writing.ts';
import type { Source } from './source.ts';
import { failureOf } from './failures.ts';
import type { Readiness } from './offline.svelte.ts';
import { PadlockSource } from './padlock-source.ts';
import type { Deed, FailureCode, TrackPhase } from './phases.ts';
import type { Sync } from './sync.svelte.ts';
import { permit, type End, type Tap } from './tap.ts';

/** Conversations begun for one tap, as long as nothing was written that opens. */
const TRIES = 3;

export interface ConversationParts {
	mac: string;
	connect: Connect;
	sync: Pick<Sync, 'begin' | 'flush' | 'unsent' | 'claim' | 'withdraw'>;
	/** Keys of this phone; without them a lock opens only with network. */
	keys?: Pick<Readiness, 'expect' | 'holds' | 'use' | 'contact'> | undefined;
	call?: Call;
	vendor?: Vendor;
	/** Where the commands of a tap come from; a padlock's, unless it is told. */
	source?: (parts: Ports, deed: Turn) => Source;
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** Parts with nothing left open. */
export interface Ports extends ConversationParts {
	call: Call;
	vendor: Vendor;
	source: (parts: Ports, deed: Turn) => Source;
}

/** What moves a lock; engaging goes its own way. */
export type Turn = Exclude<Deed, 'engage'>;

export function portsOf(parts: ConversationParts): Ports {
	return { call: callServer, vendor: VENDORS.noke, source: padlockSource, ...parts };
}

function padlockSource(parts: Ports, deed: Turn): Source {
	if (deed === 'lock') throw new TypeError('a padlock is shut by hand');
	return new PadlockSource(parts, deed);
}

/** What the conversation tells as it goes. */
export interface Screen {
	reach(phase: TrackPhase): void;
	/** Asking takes long. */
	slow(): void;
	battery(millivolts: number): void;
	/** There is no network: a key on this phone is used. */
	offline(): void;
	/** When its time ended. */
	keyEnded(at: number): void;
	/** From now on the lock may be open. */
	sent(): void;
	opened(at: number): void;
	/** It ended after it had opened; with what the lock reported, if it did. */
	ended(state: 'closed' | 'open' | null): void;
	/** All that the lock said in this session is on the disk. */
	said(session: string): void;
	/** It holds its shackle, or its bolt is out: it said so. */
	engaged(): void;
	/** It is not known to be open, and the lock is being asked. */
	inDoubt(): void;
}

/**
 * One tap: connects, asks for commands, writes, stays as long as the lock has something to say.
 * Everything is tried again until what opens was written; from then on the lock is only asked, never
 * sent it again.
 * @returns why it is not known to be done; null when it is; `cancelled` when the person chose no device
 */
export async function openLock(
	parts: Ports,
	deed: Turn,
	screen: Screen,
	signal: AbortSignal
): Promise<FailureCode | 'cancelled' | null> {
	// A key asked for now comes to the lock with this very opening, or the next; nobody waits for it.
	void parts.keys?.expect(parts);
	const source = parts.source(parts, deed);
	for (let tries = 1; ; tries++) {
		screen.reach('connecting');
		const end = await converse({ parts, source, deed, screen, signal }, tries === 1);
		if (typeof end === 'object' && end !== null) return source.doubt(end.issuedAt, screen, signal);
		if (end !== 'lost-before' || tries === TRIES || signal.aborted) return end;
	}
}

async function converse(tap: Tap, choose: boolean): Promise<End> {
	const { parts, source, screen, signal } = tap;
	let link: Link | null = null;
	try {
		link = await parts.connect({ choose, within: WAKING, signal });
		if (!link) return choose ? 'cancelled' : 'lost-before';
		const { session, batteryMillivolts } = parts.vendor.parseHello(link.hello);
		if (batteryMillivolts !== null) screen.battery(batteryMillivolts);
		source.begin(session);
		screen.reach('asking');
		const commands = await permit(tap, link);
		if (typeof commands === 'string') return commands;
		return await write(tap, link, { session, commands });
	} catch (cause) {
		if (signal.aborted) return 'lost-before';
		return failureOf(cause);
	} finally {
		link?.close();
	}
}
