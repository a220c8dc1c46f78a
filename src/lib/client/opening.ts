import type { Connect, Link } from '../link/link.ts';
import { VENDORS, type LockEvent, type Vendor } from '../protocol/vendors.ts';
import { asking } from './asking.ts';
import { call as callServer, type Call } from './call.ts';
import { drive } from './drive.ts';
import { failureOf, failureOfResult, isUnanswered } from './failures.ts';
import type { Deed, FailureCode, TrackPhase } from './phases.ts';
import type { Readiness } from './offline.svelte.ts';
import { relay, type Action, type Commands } from './relay.ts';
import type { Sync } from './sync.svelte.ts';
import { claimOn, useKey } from './use-key.ts';

/** Milliseconds in which a lock that somebody has just woken is reached, or is not awake. */
export const WAKING = 20_000;

/**
 * Milliseconds to wait for the server where a key is on this phone. A lock stays awake for 20 s after it
 * was last spoken to, and the usual 15 s would leave it too little for a second thought; whoever stands in
 * a basement with a bar of signal must not wait for longer than it takes to call it slow and a bit.
 */
const PATIENCE = 5_000;

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
	/** Where one tab waits for another; absent in old browsers. */
	locks?: LockManager | undefined;
}

/** Parts with nothing left open. */
export interface Ports extends ConversationParts {
	call: Call;
	vendor: Vendor;
}

export function portsOf(parts: ConversationParts): Ports {
	return { ...parts, call: parts.call ?? callServer, vendor: parts.vendor ?? VENDORS.noke };
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
	/** It holds its shackle: it said so. */
	engaged(): void;
	/** It is not known to be open, and the lock is being asked. */
	inDoubt(): void;
}

/**
 * One tap: connects, asks the server, writes, stays until the lock sleeps. Everything is tried again
 * until the packet that opens was written; from then on the lock is only asked, never sent it again.
 * @returns why it is not known to be open; null when it opened; `cancelled` when the person chose no device
 */
export async function openLock(
	parts: Ports,
	action: Exclude<Deed, 'engage'>,
	screen: Screen,
	signal: AbortSignal
): Promise<FailureCode | 'cancelled' | null> {
	// A key asked for now comes to the lock with this very opening, or the next; nobody waits for it.
	void parts.keys?.expect(parts);
	for (let tries = 1; ; tries++) {
		screen.reach('connecting');
		const end = await converse(parts, action, tries === 1, screen, signal);
		if (typeof end === 'object' && end !== null) return asking(parts, end.issuedAt, screen, signal);
		if (end !== 'lost-before' || tries === TRIES || signal.aborted) return end;
	}
}

type End = FailureCode | 'cancelled' | null | { issuedAt: number };

async function converse(
	parts: Ports,
	action: Action,
	choose: boolean,
	screen: Screen,
	signal: AbortSignal
): Promise<End> {
	let link: Link | null = null;
	try {
		link = await parts.connect({ choose, within: WAKING, signal });
		if (!link) return choose ? 'cancelled' : 'lost-before';
		const { session, batteryMillivolts } = parts.vendor.parseHello(link.hello);
		if (batteryMillivolts !== null) screen.battery(batteryMillivolts);
		screen.reach('asking');
		const commands = await permit(parts, link, { session, action, screen, signal });
		if (typeof commands === 'string') return commands;
		return await write(parts, link, { session, commands, screen, signal });
	} catch (cause) {
		if (signal.aborted) return 'lost-before';
		return failureOf(cause);
	} finally {
		link?.close();
	}
}

/**
 * The commands of the server for this session; where nothing answers, that of a key on this phone.
 * A refusal is an answer: then no key is used.
 * @returns the reason when there are none; throws as `relay` does
 */
async function permit(
	parts: Ports,
	link: Link,
	{ screen, ...wish }: { session: string; action: Action; screen: Screen; signal: AbortSignal }
): Promise<Commands | FailureCode> {
	const { keys, mac } = parts;
	// Offline keys let nobody take a shackle off.
	const usable = keys && wish.action === 'unlock';
	const within = usable && keys.holds(mac) ? PATIENCE : undefined;
	try {
		return await relay(parts, link, { ...wish, within, slow: screen.slow });
	} catch (cause) {
		if (!usable || !isUnanswered(cause) || wish.signal.aborted) throw cause;
		return useKey(keys, link, { ...wish, mac, screen, cause });
	}
}

/** Writes the commands. @throws LinkError `stopped` */
async function write(
	parts: Ports,
	link: Link,
	what: { session: string; commands: Commands; screen: Screen; signal: AbortSignal }
): Promise<End> {
	const { session, commands, screen, signal } = what;
	const { packets, opensAt, issuedAt, key } = commands;
	const { mac, sync, keys } = parts;
	const kept = sync.begin(mac, session);
	const claim = key && (await claimOn(link, sync, { mac, session, slot: key.slot, at: issuedAt }));
	let stored = Promise.resolve();
	let sent = false;
	let opened = false;
	let reported: 'closed' | 'open' | null = null;
	const tell = async (event: LockEvent): Promise<void> => {
		if (event.kind === 'server-packet') {
			stored = kept.add(event.packet);
			return;
		}
		// What the lock said is on the disk before the screen says anything and the next packet goes.
		await stored;
		switch (event.kind) {
			case 'answered':
			case 'pushed':
				break;
			case 'writing':
				if (event.index === 0) screen.reach('opening');
				if (event.index !== opensAt) break;
				sent = true;
				screen.sent();
				break;
			case 'opened':
				opened = true;
				screen.opened(Date.now());
				break;
			case 'finished':
				screen.said(session);
				void parts.sync.flush();
				if (opened && !key) void keys?.contact();
				// Nothing to stay for; the lock sleeps the sooner.
				if (!opened) link.close();
				break;
			case 'shutdown':
				reported = event.open ? 'open' : 'closed';
		}
	};
	try {
		const { opening } = await drive(parts.vendor.converse(packets, opensAt), link, {
			tell,
			signal
		});
		if (opened) {
			screen.ended(reported);
			return null;
		}
		if (opening !== null || !sent) {
			if (claim) await sync.withdraw(claim, session);
			return opening === null ? 'lost-before' : failureOfResult(opening, key);
		}
		// Without network nobody can ask the lock.
		return key ? 'lost-after' : { issuedAt };
	} finally {
		await stored;
		screen.said(session);
		if (kept.count > 0 || opened) void parts.sync.flush();
	}
}
