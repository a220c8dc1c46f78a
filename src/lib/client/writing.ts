import type { Link } from '../link/link.ts';
import { pause } from '../link/wait.ts';
import type { LockEvent } from '../protocol/vendors.ts';
import { drive, Inbox } from './drive.ts';
import type { Commands } from './source.ts';
import { isUnanswered } from './call.ts';
import { failureOfResult } from './failures.ts';
import type { FailureCode } from './phases.ts';
import { lossOf } from './relay.ts';
import { permit, type End, type Tap } from './tap.ts';

/** How often the lock's answer to what opens is brought to the server, and the milliseconds between. */
const TRIES = 3;
const BETWEEN = 1_000;

/** Carries commands to the lock and its answers back, until it is done. @throws LinkError `stopped` */
export async function write(
	tap: Tap,
	link: Link,
	{ session, commands: first }: { session: string; commands: Commands }
): Promise<End> {
	const { parts, source, deed, screen, signal } = tap;
	const inbox = new Inbox(link, signal);
	let commands = first;
	let sent = false;
	let opened = false;
	let reported: 'closed' | 'open' | null = null;
	let withdraw = (): Promise<void> => Promise.resolve();
	const done = (): void => {
		opened = true;
		if (deed === 'lock') screen.engaged();
		else screen.opened(Date.now());
	};
	const tell = async (event: LockEvent): Promise<void> => {
		if (event.kind === 'server-packet') {
			source.hear(event.packet);
			return;
		}
		// What the lock said is on the disk before the screen says anything and the next packet goes.
		await source.stored();
		switch (event.kind) {
			case 'answered':
			case 'pushed':
				break;
			case 'writing':
				if (event.index === 0) screen.reach('opening');
				if (event.index !== commands.opensAt) break;
				sent = true;
				screen.sent();
				break;
			case 'opened':
				done();
				break;
			case 'finished':
				screen.said(session);
				// Where a key of this phone opened it there was no server a moment ago.
				if (!commands.key) {
					void parts.sync.flush();
					if (opened) void parts.keys?.contact();
				}
				// Nothing to stay for; the lock sleeps the sooner.
				if (!opened) link.close();
				break;
			case 'shutdown':
				reported = event.open ? 'open' : 'closed';
		}
	};
	try {
		for (;;) {
			const { packets, opensAt, issuedAt, key } = commands;
			if (key && opensAt !== null) withdraw = await claimOn(link, () => source.claim(commands));
			const conversation = parts.vendor.converse(packets, opensAt);
			const { opening, end } = await drive(conversation, inbox, { tell, signal });
			if (opened) {
				screen.ended(reported);
				return null;
			}
			if (end === 'finished') {
				const next = await further(tap, link, sent);
				if (next === null) return { issuedAt };
				if (typeof next === 'string') return next;
				commands = next;
			} else if (opening !== null || !sent) {
				await withdraw();
				return opening === null ? 'lost-before' : failureOfResult(opening, key);
			} else {
				// Without network nobody can ask the lock.
				return key ? lostAfter(deed) : { issuedAt };
			}
			if (commands.end === undefined) continue;
			if (commands.end !== 'success') {
				await withdraw();
				return commands.end;
			}
			done();
			screen.said(session);
			if (!commands.key) void parts.keys?.contact();
			await source.after?.(link, signal);
			if (deed !== 'lock') screen.ended(null);
			return null;
		}
	} finally {
		inbox.close();
		await source.stored();
		screen.said(session);
		if (source.heard > 0 || opened) void parts.sync.flush();
	}
}

/**
 * What comes after the lock's last answer. That to what opens is brought to whoever can read it, again
 * and again, also when the link has ended meanwhile: asking changes nothing.
 * @returns null when it cannot be had although the lock may be open
 * @throws as `permit` does, as long as nothing was sent that opens
 */
async function further(
	tap: Tap,
	link: Link,
	sent: boolean
): Promise<Commands | FailureCode | null> {
	const { source, signal } = tap;
	if (!sent) return permit(tap, link);
	for (let tries = 1; ; tries++) {
		try {
			return await source.ask(signal);
		} catch (cause) {
			if (!isUnanswered(cause) || signal.aborted) return null;
			const use = source.spare === 'none' ? null : await source.use();
			if (use && !('failure' in use)) return use;
			if (tries === TRIES) return null;
			await pause(BETWEEN, signal);
		}
	}
}

/**
 * Notes the opening before it is sent.
 * @throws LinkError `lost` when the link ends first: then nothing is sent, and nothing noted
 */
async function claimOn(
	link: Link,
	claim: () => Promise<() => Promise<void>>
): Promise<() => Promise<void>> {
	const noted = claim();
	try {
		return await Promise.race([noted, lossOf(link)]);
	} catch (cause) {
		await (
			await noted
		)();
		throw cause;
	}
}

function lostAfter(deed: Tap['deed']): FailureCode {
	return deed === 'lock' ? 'lost-locking' : 'lost-after';
}
