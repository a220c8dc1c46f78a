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
	wish: { session: string; action: Action; signal: AbortSignal; slow?: () => void }
): Promise<Commands> {
	const { session, action, signal } = wish;
	const over = new AbortController();
	const timer = setTimeout(() => wish.slow?.(), SLOW);
	try {
		const body: CommandsRequest = { session, action };
		const path = `${lockPath(mac)}/commands`;
		const asked = call(CommandsReply, 'POST', path, body, AbortSignal.any([signal, over.signal]));
		const gone = link.closed.then(() => {
			throw new LinkError('lost', 'the link ended while the server was asked');
		});
		const [reply] = await Promise.race([Promise.all([asked, link.ready]), gone]);
		const { opensAt, issuedAt } = reply;
		const packets = reply.commands.map((packet) => fromHex(packet));
		const opens = opensAt !== null && opensAt < packets.length;
		if (packets.length === 0 || opens !== (action !== 'ask'))
			throw new ClientError('bad-reply', 'commands that do not do what was asked');
		return { packets, opensAt, issuedAt };
	} finally {
		clearTimeout(timer);
		over.abort();
	}
}
