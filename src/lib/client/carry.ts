import { RelayReply, type RelayRequest } from '../api/app/doors.ts';
import type { Link } from '../link/link.ts';
import { fromHex, toHex } from '../protocol/bytes.ts';
import type { Program } from '../protocol/program.ts';
import type { LockEvent, Vendor } from '../protocol/vendors.ts';
import type { Call } from './call.ts';
import { doorPath } from './door-path.ts';
import { drive } from './drive.ts';

/** What a phone asks the server to have said to a door lock. */
export type Errand = RelayRequest extends infer R
	? R extends R
		? Omit<R, 'at' | 'answers'>
		: never
	: never;

/** Steps of one conversation: more than a full log has pages, so that none goes on for ever. */
const MOST_STEPS = 1_100;

/**
 * Carries a conversation that the server has with a door lock: its frames to the lock, the lock's answers
 * to the server, until that says how it ended. The link is heard all the time, also while the server
 * thinks.
 * @param wish `tell` hears what happens, and is waited for; `step` every answer of the server
 * @returns `success` or the lock's reason; `silent` or `gone` when the lock stopped answering
 * @throws ClientError; LinkError `lost`, `timed-out`, `not-a-lock` before anything was written, `stopped`
 */
export async function carry(
	{ call, vendor }: { call: Call; vendor: Vendor },
	link: Link,
	door: number,
	errand: Errand,
	wish: {
		signal: AbortSignal;
		tell?: (event: LockEvent) => Promise<void> | void;
		step?: (reply: RelayReply) => void;
	}
): Promise<{ result: string } | 'silent' | 'gone'> {
	const { signal } = wish;
	const answers: string[] = [];
	let reply: RelayReply | undefined;
	const ask = async (): Promise<RelayReply> => {
		// Each page of a log stands for itself.
		const told = errand.action === 'log' ? answers.slice(-1) : answers;
		const body = { ...errand, ...(reply ? { at: reply.at } : {}), answers: told };
		reply = await call(RelayReply, 'POST', `${doorPath(door)}/relay`, body, signal);
		wish.step?.(reply);
		return reply;
	};
	const [first] = await Promise.all([ask(), link.ready]);
	const told = async (event: LockEvent | 'ask'): Promise<void> => {
		if (event === 'ask') await ask();
		else if (event.kind === 'server-packet') answers.push(toHex(event.packet));
		else await wish.tell?.(event);
	};
	return drive(
		relayed(vendor, first, () => reply!),
		link,
		{ tell: told, signal }
	);
}

function* relayed(
	vendor: Vendor,
	first: RelayReply,
	latest: () => RelayReply
): Program<LockEvent | 'ask', { result: string } | 'silent' | 'gone'> {
	let reply = first;
	for (let steps = 0; steps < MOST_STEPS; steps++) {
		if (reply.result !== null) return { result: reply.result };
		const packets = reply.commands.map((frame) => fromHex(frame));
		const { end } = yield* vendor.converse(packets, reply.opensAt);
		if (end !== 'finished') return end === 'gone' ? 'gone' : 'silent';
		yield { tell: 'ask' };
		reply = latest();
	}
	return 'silent';
}
