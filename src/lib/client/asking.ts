import { LockReply, type Lock } from '../api/app/locks.ts';
import { pause } from '../link/wait.ts';
import type { LockEvent } from '../protocol/vendors.ts';
import { drive } from './drive.ts';
import type { Ports, Screen } from './opening.ts';
import { lockPath, relay } from './relay.ts';

/** Milliseconds to reach the lock again: it stays awake a while after it lost a phone. */
const AGAIN_WITHIN = 15_000;

/** How often the lock is asked, and the milliseconds between. */
const TRIES = 3;
const BETWEEN = 1_000;

/** Answers of a session from which on the lock may have more records than it has sent. */
const FULL = 9;

/**
 * The answer to the packet that opens was lost. Asks the lock what happened, by a command that opens
 * nothing, takes what it says to the server, and looks there: only the server can read it.
 * @param issuedAt the server's clock when it issued the commands
 * @returns null when it did open, `not-opened` when the lock has proven that it did not
 */
export async function asking(
	parts: Ports,
	issuedAt: number,
	screen: Screen,
	signal: AbortSignal
): Promise<'lost-after' | 'not-opened' | null> {
	screen.inDoubt();
	let verdict: Verdict = 'unknown';
	try {
		// A lock whose motor still runs refuses to be asked, so it is asked again.
		verdict = await askLock(parts, issuedAt, screen, signal);
		for (let tries = 1; verdict === 'refused' && tries < TRIES; tries++) {
			await pause(BETWEEN, signal);
			verdict = await askLock(parts, issuedAt, screen, signal);
		}
	} catch {
		// Out of reach, or the server is. Perhaps the lock's own answer did arrive before the link was lost.
		if (!signal.aborted) verdict = await look(parts, issuedAt, 0, signal).catch(() => 'unknown');
		if (typeof verdict === 'object') screen.opened(verdict.openedAt);
	}
	if (verdict === 'closed') return 'not-opened';
	return typeof verdict === 'object' ? null : 'lost-after';
}

/** It did open, at this time; it did not; neither is known; or the lock would not be asked. */
type Verdict = { openedAt: number } | 'closed' | 'unknown' | 'refused';

/** @throws LinkError, ClientError, ProtocolError, the signal's reason: it could not be asked */
async function askLock(
	parts: Ports,
	issuedAt: number,
	screen: Screen,
	signal: AbortSignal
): Promise<Verdict> {
	const link = await parts.connect({ choose: false, within: AGAIN_WITHIN, signal });
	if (!link) return look(parts, issuedAt, 0, signal);
	let verdict: Verdict | null = null;
	let reported: 'closed' | 'open' | null = null;
	try {
		const { session } = parts.vendor.parseHello(link.hello);
		const { packets } = await relay(parts, link, { session, action: 'ask', signal });
		const kept = parts.sync.begin(parts.mac, session);
		const tell = async (event: LockEvent): Promise<void> => {
			if (event.kind === 'server-packet') kept.add(event.packet);
			if (event.kind === 'shutdown') reported = event.open ? 'open' : 'closed';
			if (event.kind !== 'finished') return;
			await kept.stored();
			verdict = await look(parts, issuedAt, kept.count, signal);
			if (verdict === 'unknown' && kept.count === 0) verdict = 'refused';
			screen.said(session);
			if (typeof verdict === 'object') screen.opened(verdict.openedAt);
			else link.close();
		};
		await drive(parts.vendor.converse(packets, null), link, { tell, signal });
		await kept.stored();
	} finally {
		link.close();
	}
	verdict ??= await look(parts, issuedAt, 0, signal);
	if (typeof verdict === 'object') screen.ended(reported);
	return verdict;
}

/** What the server knows, once it has everything that the lock said. @throws ClientError */
async function look(
	parts: Ports,
	issuedAt: number,
	answers: number,
	signal: AbortSignal
): Promise<Verdict> {
	await parts.sync.flush();
	const path = lockPath(parts.mac);
	const { lock } = await parts.call(LockReply, 'GET', path, undefined, signal);
	return judge(lock, issuedAt, answers);
}

/** @param answers server packets that the lock sent when it was asked; 0 when it was not */
export function judge(
	{ lastOpened, lastKnown }: Pick<Lock, 'lastOpened' | 'lastKnown'>,
	issuedAt: number,
	answers: number
): Verdict {
	// The lock's clock counts seconds.
	const since = Math.floor(issuedAt / 1000) * 1000;
	if (lastOpened && lastOpened.at >= since) return { openedAt: lastOpened.at };
	if (!lastKnown || lastKnown.at < since) return 'unknown';
	if (lastKnown.state !== 'closed') return { openedAt: lastKnown.at };
	// It may have been opened and closed again in a record that is still to come.
	return answers > 0 && answers < FULL ? 'closed' : 'unknown';
}
