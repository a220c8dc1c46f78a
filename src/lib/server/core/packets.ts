import type { Bytes } from '../../protocol/bytes.ts';
import { digestOfWrites, masterCommand, type Command } from '../../protocol/noke/commands.ts';
import { getQuickClicks } from '../../protocol/noke/quick-clicks.ts';
import { engage, firmwareUpdate, getLogs, opening, setUp } from '../../protocol/noke/writes.ts';
import type { Keys } from './keys.ts';
import { commandsOf, type PendingSet } from './pending.ts';
import { step, type KeySync, type Offer } from './sync.ts';

/**
 * What a person or an integrator asks of a lock. Only the first two open, and bring every change
 * with them; `restore` brings one that is offered already; the others bring none.
 */
export type IssueAction = 'unlock' | 'unshackle' | 'engage' | 'update' | 'ask' | 'restore';

/** Whether it opens. */
export function opens(action: string): action is 'unlock' | 'unshackle' {
	return action === 'unlock' || action === 'unshackle';
}

/** Actions whose reference comes back in the lock's log. */
export const REFERENCED: readonly IssueAction[] = ['unlock', 'unshackle', 'engage'];

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
	/** The lock is asked how often its quick clicks may still be used. */
	asksUses: boolean;
}

/** The offer of what brings no changes: every epoch the lock may hold, and never writes. */
export function asking(sync: KeySync): Offer {
	if (sync.phase === 'offered')
		return { writesUnder: null, opensUnder: [sync.active, sync.pending] };
	return step(sync, { kind: 'open-requested', changes: false }).offer!;
}

/** Command ids an order takes. */
export function commandCount(order: Order): number {
	const { offer, pending } = order;
	const writes = offer.writesUnder === null ? 0 : (pending?.writes.length ?? 0) + 1;
	return writes + offer.opensUnder.length + questions(order).length;
}

/** What is asked after the opening. */
function questions({ action, logsAfter, asksUses }: Order): Command[] {
	if (!opens(action)) return [];
	const logs = logsAfter === null ? [] : [getLogs(logsAfter)];
	return asksUses ? [...logs, getQuickClicks()] : logs;
}

export interface Packets {
	packets: Bytes[];
	/** Index of the packet whose success means open; null when none opens. */
	opensAt: number | null;
}

/**
 * The packets of an order for one session: writes, set-up, opening, and last the questions: the rest
 * of the log, the uses of quick clicks. `firstId` is the first of its `commandCount` ids, `time` Unix seconds.
 *
 * In a recovery only one of several openings can fit; `opensAt` is the likeliest.
 */
export function packetsOf(
	order: Order,
	keys: Keys,
	at: { firstId: number; time: number; session: Uint8Array }
): Packets {
	const { action, offer, pending } = order;
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
		const index = add(epoch, mainCommand(order));
		if (opens(action)) opensAt ??= index;
	}
	for (const question of questions(order)) add(offer.opensUnder[0]!, question);
	return { packets, opensAt };
}

function mainCommand({ action, reference, logsAfter }: Order): Command {
	switch (action) {
		case 'unlock':
		case 'unshackle':
			return opening(action, reference);
		case 'engage':
			return engage(reference);
		case 'update':
			return firmwareUpdate();
		case 'ask':
		case 'restore':
			return getLogs(logsAfter ?? 0);
	}
}
