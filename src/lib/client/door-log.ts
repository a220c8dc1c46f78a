import { RelayReply, type RelayRequest } from '../api/app/doors.ts';
import { LinkError } from '../link/link.ts';
import { fromHex, toHex, type Bytes } from '../protocol/bytes.ts';
import { ClientError } from './call.ts';
import { drive, type Inbox } from './drive.ts';
import type { Ports } from './opening.ts';
import { doorPath } from './relay.ts';

/** A page has one record mostly. What is left comes with the next opening. */
const MOST_PAGES = 60;
const WITHIN = 10_000;

/**
 * Brings a door lock's log to the server, page by page, as long as the link and some seconds last. It
 * never rejects: the server goes on where it stopped.
 */
export async function carryLog(
	{ call, vendor }: Pick<Ports, 'call' | 'vendor'>,
	id: number,
	inbox: Inbox,
	signal: AbortSignal
): Promise<void> {
	const either = AbortSignal.any([signal, AbortSignal.timeout(WITHIN)]);
	let answers: Bytes[] = [];
	const tell = async (event: { kind: string; packet?: Bytes }): Promise<void> => {
		if (event.packet) answers = [event.packet];
	};
	let at: number | undefined;
	try {
		for (let pages = 0; pages < MOST_PAGES; pages++) {
			const body: RelayRequest = { action: 'log', at, answers: answers.map((one) => toHex(one)) };
			const reply = await call(RelayReply, 'POST', `${doorPath(id)}/relay`, body, either);
			if (reply.result !== null) return;
			at = reply.at;
			const packets = reply.commands.map((frame) => fromHex(frame));
			const { end } = await drive(vendor.converse(packets, null), inbox, { tell, signal: either });
			if (end !== 'finished') return;
		}
	} catch (cause) {
		const ended = cause instanceof ClientError || cause instanceof LinkError || either.aborted;
		if (!ended) throw cause;
	}
}
