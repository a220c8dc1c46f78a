import { CommandsReply, type CommandsRequest } from '../api/app/locks.ts';
import { LinkError, type Link } from '../link/link.ts';
import { fromHex, type Bytes } from '../protocol/bytes.ts';
import { ClientError, type Call } from './call.ts';

export type Action = CommandsRequest['action'];

/** After so many milliseconds the person is told that they may stop. */
const SLOW = 3_000;

/** Packets for one session. */
export interface Commands {
	packets: Bytes[];
	/** Index of the packet whose success means open; null when none opens. */
	opensAt: number | null;
	/** The server's clock, milliseconds since 1970. */
	issuedAt: number;
	/** They are of a key on this phone. */
	key?: { slot: number; waits: boolean };
}

/** The path of a lock among our own endpoints. */
export function lockPath(mac: string): string {
	return `/api/locks/${encodeURIComponent(mac)}`;
}

/**
 * Asks the server for the commands of this session while the link gets ready to carry them. If the
 * link ends first, the asking ends too: the session is gone, and its commands with it.
 * @throws ClientError; LinkError `lost`, `timed-out`, `not-a-lock`; the signal's reason
 */
export async function relay(
	{ call, mac }: { call: Call; mac: string },
	link: Link,
	wish: {
		session: string;
		action: Action;
		signal: AbortSignal;
		slow?: () => void;
		/** Milliseconds to wait for the server, where that is less than usual. */
		within?: number | undefined;
	}
): Promise<Commands> {
	const { session, action, signal, within } = wish;
	const over = new AbortController();
	const timer = setTimeout(() => wish.slow?.(), SLOW);
	let late: ReturnType<typeof setTimeout> | undefined;
	try {
		const body: CommandsRequest = { session, action };
		const path = `${lockPath(mac)}/commands`;
		const asked = call(CommandsReply, 'POST', path, body, AbortSignal.any([signal, over.signal]));
		const tooLate = new Promise<never>((_, reject) => {
			const give = () => reject(new ClientError('timed-out', 'no commands in time'));
			if (within !== undefined) late = setTimeout(give, within);
		});
		const both = Promise.all([Promise.race([asked, tooLate]), link.ready]);
		const [reply] = await Promise.race([both, lossOf(link)]);
		const { opensAt, issuedAt } = reply;
		const packets = reply.commands.map((packet) => fromHex(packet));
		const opens = opensAt !== null && opensAt < packets.length;
		const mayOpen = action === 'unlock' || action === 'unshackle';
		if (packets.length === 0 || opens !== mayOpen)
			throw new ClientError('bad-reply', 'commands that do not do what was asked');
		return { packets, opensAt, issuedAt };
	} finally {
		clearTimeout(timer);
		clearTimeout(late);
		over.abort();
	}
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
