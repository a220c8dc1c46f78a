import { FobCommandsReply, FobReply } from '../api/app/fobs.ts';
import type { Link } from '../link/link.ts';
import { fromHex } from '../protocol/bytes.ts';
import type { LockEvent } from '../protocol/vendors.ts';
import { ClientError } from './call.ts';
import { drive } from './drive.ts';
import type { FobFailure } from './fob-failures.ts';
import type { FobSyncParts } from './fob-sync.svelte.ts';
import { lossOf } from './relay.ts';

type Parts = Required<Pick<FobSyncParts, 'call' | 'vendor'>> & Pick<FobSyncParts, 'mac' | 'sync'>;

/** After so many milliseconds the person is told that they may stop. */
const SLOW = 3_000;

/** What became of one set. */
export interface TakenSet {
	/** Why the fob did not take all of it, or null. */
	failure: FobFailure | null;
	/** Packets for the server. */
	said: number;
	/** False when the fob was only asked which keys it has. */
	brings: boolean;
	issuedAt: number;
}

export interface Watch {
	slow(slow: boolean): void;
	progress(written: number, total: number): void;
}

/**
 * Asks the server for what the fob is to hold, and writes it. What the fob says is on the disk when
 * this settles. @throws LinkError, ClientError, ProtocolError, the signal's reason: nothing was written
 */
export async function takeSet(
	parts: Parts,
	link: Link,
	signal: AbortSignal,
	watch: Watch
): Promise<TakenSet> {
	const { session } = parts.vendor.parseHello(link.hello);
	const { commands, brings, issuedAt } = await ask(parts, link, session, signal, watch);
	const packets = commands.map((packet) => fromHex(packet));
	const kept = parts.sync.begin(parts.mac, session);
	let failure: FobFailure | null = null;
	watch.progress(0, packets.length);
	const tell = async (event: LockEvent): Promise<void> => {
		if (event.kind === 'server-packet') kept.add(event.packet);
		if (event.kind === 'answered') {
			watch.progress(event.index + 1, packets.length);
			// One that is only asked is asked under every key it may have.
			if (event.result !== 'success' && brings)
				failure ??= event.result === 'invalid-key' ? 'wrong-key' : 'refused';
			// The set cannot become whole any more.
			if (failure !== null) link.close();
		}
		if (event.kind === 'finished') {
			await kept.stored();
			link.close();
		}
	};
	try {
		const { answered } = await drive(parts.vendor.converse(packets, null), link, { tell, signal });
		if (answered < packets.length && brings) failure ??= 'lost';
	} finally {
		await kept.stored();
	}
	return { failure, said: kept.count, brings, issuedAt };
}

/** Asks while the link gets ready to carry the answer; ends with the link. */
async function ask(
	{ call, mac }: Parts,
	link: Link,
	session: string,
	signal: AbortSignal,
	watch: Watch
): Promise<FobCommandsReply> {
	const over = new AbortController();
	const timer = setTimeout(() => watch.slow(true), SLOW);
	try {
		const either = AbortSignal.any([signal, over.signal]);
		const path = `${fobPath(mac)}/commands`;
		const asked = call(FobCommandsReply, 'POST', path, { session }, either);
		const [reply] = await Promise.race([Promise.all([asked, link.ready]), lossOf(link)]);
		if (reply.commands.length === 0) throw new ClientError('bad-reply', 'no commands for this fob');
		return reply;
	} finally {
		clearTimeout(timer);
		watch.slow(false);
		over.abort();
	}
}

/** Whether the server has proof of a set that it issued then. A server that is not reached has not. */
export async function isSynced(
	{ call, mac }: Parts,
	issuedAt: number,
	signal: AbortSignal
): Promise<boolean> {
	try {
		const { fob } = await call(FobReply, 'GET', fobPath(mac), undefined, signal);
		return fob.syncedAt !== null && fob.syncedAt >= issuedAt;
	} catch {
		return false;
	}
}

/** The path of a fob among our own endpoints. */
export function fobPath(mac: string): string {
	return `/api/fobs/${encodeURIComponent(mac)}`;
}
