import { CommandsReply, type CommandsRequest } from '../api/app/locks.ts';
import { LinkError, type Link } from '../link/link.ts';
import { fromHex } from '../protocol/bytes.ts';
import { ClientError, type Call } from './call.ts';
import type { Commands } from './source.ts';

export type Action = CommandsRequest['action'];

/** After so many milliseconds the person is told that they may stop. */
const SLOW = 3_000;

/** The path of a lock among our own endpoints. */
export function lockPath(mac: string): string {
	return `/api/locks/${encodeURIComponent(mac)}`;
}

/** What may be wished of an asking. */
export interface Patience {
	signal: AbortSignal;
	slow?: () => void;
	/** Milliseconds to wait for the server, where that is less than usual. */
	within?: number | undefined;
}

/**
 * Asks while the link gets ready to carry the answer. If the link ends first, the asking ends too: its
 * session is gone, and what is given for it.
 * @throws what `ask` throws; ClientError `timed-out`; LinkError `lost`, `timed-out`, `not-a-lock`
 */
export async function whileLinked<T>(
	link: Link,
	ask: (signal: AbortSignal) => Promise<T>,
	{ signal, slow, within }: Patience
): Promise<T> {
	const over = new AbortController();
	const timer = setTimeout(() => slow?.(), SLOW);
	let late: ReturnType<typeof setTimeout> | undefined;
	try {
		const asked = ask(AbortSignal.any([signal, over.signal]));
		const tooLate = new Promise<never>((_, reject) => {
			const give = () => reject(new ClientError('timed-out', 'no commands in time'));
			if (within !== undefined) late = setTimeout(give, within);
		});
		const both = Promise.all([Promise.race([asked, tooLate]), link.ready]);
		const [reply] = await Promise.race([both, lossOf(link)]);
		return reply;
	} finally {
		clearTimeout(timer);
		clearTimeout(late);
		over.abort();
	}
}

/** What a padlock is asked to do, under the session that it has shown. */
interface Wish {
	session: string;
	action: Action;
}

/**
 * The server's commands for one session of a padlock.
 * @throws ClientError; the signal's reason
 */
export async function commandsOf(
	{ call, mac }: { call: Call; mac: string },
	{ session, action }: Wish,
	signal: AbortSignal
): Promise<Commands> {
	const body: CommandsRequest = { session, action };
	const path = `${lockPath(mac)}/commands`;
	const { commands, opensAt, issuedAt } = await call(CommandsReply, 'POST', path, body, signal);
	const packets = commands.map((packet) => fromHex(packet));
	const opens = opensAt !== null && opensAt < packets.length;
	const mayOpen = action === 'unlock' || action === 'unshackle';
	if (packets.length === 0 || opens !== mayOpen)
		throw new ClientError('bad-reply', 'commands that do not do what was asked');
	return { packets, opensAt, issuedAt };
}

/** The same while the link gets ready. @throws as `whileLinked` does */
export function relay(
	lock: { call: Call; mac: string },
	link: Link,
	{ session, action, ...patience }: Wish & Patience
): Promise<Commands> {
	return whileLinked(link, (signal) => commandsOf(lock, { session, action }, signal), patience);
}

/** Rejects when the link ends. @throws LinkError `lost` */
export function lossOf(link: Link): Promise<never> {
	const loss = link.closed.then(() => {
		throw new LinkError('lost', 'the link ended before anything was sent');
	});
	// It may end long after somebody waits for it.
	loss.catch(() => undefined);
	return loss;
}
