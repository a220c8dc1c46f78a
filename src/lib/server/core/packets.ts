import type { Bytes } from '../../protocol/bytes.ts';
import { digestOfWrites, masterCommand, type Command } from '../../protocol/noke/commands.ts';
import { getLogs, opening, setUp } from '../../protocol/noke/writes.ts';
import type { Keys } from './keys.ts';
import { commandsOf, type PendingSet } from './pending.ts';
import { step, type KeySync, type Offer } from './sync.ts';

/** What a person or an integrator asks of a lock; `ask` opens nothing. */
export type IssueAction = 'unlock' | 'unshackle' | 'ask';

/** What one answer consists of; all of it is on disk before a packet is made. */
export interface Order {
	action: IssueAction;
	offer: Offer;
	/** The frozen set when the offer has writes. */
	pending: PendingSet | null;
	/** Comes back in the lock's log. */
	reference: number;
	/** Where the log is to be sent from, or null when it has no hole. */
	logsAfter: number | null;
}

/** The offer of an `ask`: every epoch the lock may hold, and never writes. */
export function asking(sync: KeySync): Offer {
	if (sync.phase === 'offered')
		return { writesUnder: null, opensUnder: [sync.active, sync.pending] };
	return step(sync, { kind: 'open-requested', changes: false }).offer!;
}

/** Command ids an order takes. */
export function commandCount({ action, offer, pending, logsAfter }: Order): number {
	const writes = offer.writesUnder === null ? 0 : (pending?.writes.length ?? 0) + 1;
	const logs = action !== 'ask' && logsAfter !== null ? 1 : 0;
	return writes + offer.opensUnder.length + logs;
}

export interface Packets {
	packets: Bytes[];
	/** Index of the packet whose success means open; null when none opens. */
	opensAt: number | null;
}

/**
 * The packets of an order for one session: writes, set-up, opening, and last what fetches the rest
 * of the log. `firstId` is the first of its `commandCount` ids, `time` Unix seconds.
 *
 * In a recovery only one of several openings can fit; `opensAt` is the likeliest.
 */
export function packetsOf(
	order: Order,
	keys: Keys,
	at: { firstId: number; time: number; session: Uint8Array }
): Packets {
	const { action, offer, pending, reference, logsAfter } = order;
	const packets: Bytes[] = [];
	let id = at.firstId;
	const add = (epoch: number, command: Command): number => {
		const { time, session } = at;
		packets.push(...masterCommand(keys.master(epoch), command, { id: id++, time, session }));
		return packets.length - 1;
	};
	const under = offer.writesUnder;
	if (under !== null && pending !== null) {
		const epoch = offer.opensUnder[0]!;
		const writes = commandsOf(pending, keys);
		for (const write of writes) add(under, write);
		const digest = digestOfWrites(keys.master(under).key, writes);
		add(under, setUp(writes.length, { masterKey: keys.master(epoch).key, epoch, digest }));
	}
	let opensAt: number | null = null;
	for (const epoch of offer.opensUnder) {
		if (action === 'ask') add(epoch, getLogs(logsAfter ?? 0));
		else {
			const index = add(epoch, opening(action, reference));
			opensAt ??= index;
		}
	}
	if (action !== 'ask' && logsAfter !== null) add(offer.opensUnder[0]!, getLogs(logsAfter));
	return { packets, opensAt };
}
