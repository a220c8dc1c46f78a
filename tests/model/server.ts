import { step, type KeySync, type Offer } from '../../src/lib/server/core/sync.ts';
import type { Write } from '../../src/lib/virtual/noke/keyset.ts';

/**
 * The server's durable row. A content is a number: 0 is what the lock starts with, and every
 * change a manager makes gives the next. Keys are numbers too: the cipher is taken for perfect.
 */
export interface Server {
	readonly sync: KeySync;
	/** The content of the active epoch; -1 after a restore, when nobody knows. */
	readonly activeContent: number;
	/** The frozen content of the pending epoch, null when nothing is offered. */
	readonly pendingContent: number | null;
	/** The content that managers want on the lock. */
	readonly wanted: number;
	/** Raised by the mutant that makes new keys for every retry; else 0. */
	readonly version: number;
	/** What was first emitted for the pending epoch: history, for I5 alone. */
	readonly emitted: string | null;
}

/** One answer of the server: everything that its packets follow from. */
export interface Reply {
	readonly offer: Offer;
	readonly content: number;
	readonly version: number;
	readonly firstId: number;
	/** It probes for the epoch after a restore. */
	readonly recovery: boolean;
}

/** A command on its way, with the master key it was made under. */
export interface Command {
	readonly id: number;
	readonly epoch: number;
	readonly key: number;
	readonly what:
		| { kind: 'write'; write: Write<number> }
		| { kind: 'commit'; epoch: number; master: number; writes: readonly Write<number>[] }
		| { kind: 'open' };
}

/** What a mutant replaces. */
export interface Rules {
	readonly step: typeof step;
	readonly commands: (reply: Reply) => Omit<Command, 'id'>[];
	/** New keys for the pending epoch at every retry. */
	readonly regenerates: boolean;
	/** The answer may leave before the row is durable. */
	readonly emitsEarly: boolean;
	/** States the server may fall into by itself. */
	readonly lapses: (server: Server) => Server[];
}

export const PRODUCTION: Rules = {
	step,
	commands: commandsOf,
	regenerates: false,
	emitsEarly: false,
	lapses: () => []
};

export const START: Server = {
	sync: { phase: 'steady', active: 1 },
	activeContent: 0,
	pendingContent: null,
	wanted: 0,
	version: 0,
	emitted: null
};

/** The master key of an epoch: a number of its own for every epoch and version. */
export function masterKey(epoch: number, version: number): number {
	return epoch * 10 + version;
}

/** Two slots: one whose key is revoked by every change, one that gets another. */
export function writesOf(content: number): Write<number>[] {
	return [1, 2].map((slot) => {
		const key = slot * 100 + content;
		return { kind: 'set', slot, content: { key, from: 0, until: 1 } };
	});
}

/** The commands of a reply, in order, without their ids. */
export function commandsOf({ offer, content, version }: Reply): Omit<Command, 'id'>[] {
	const opens = offer.opensUnder.map((epoch) => under(epoch, version, { kind: 'open' }));
	if (offer.writesUnder === null) return opens;
	const writes = writesOf(content);
	const epoch = offer.writesUnder + 1;
	const commit = { kind: 'commit', epoch, master: masterKey(epoch, version), writes } as const;
	const staged = writes.map((write) => ({ kind: 'write', write }) as const);
	return [...staged, commit].map((what) => under(offer.writesUnder!, version, what)).concat(opens);
}

/** Only the pending epoch's key has versions: what the lock has proven is what it is. */
export function under(epoch: number, version: number, what: Command['what']): Omit<Command, 'id'> {
	return { epoch, key: masterKey(epoch, epoch > 1 ? version : 0), what };
}

/** One open request: the row as it becomes, and the answer. */
export function request(
	server: Server,
	firstId: number,
	rules: Rules
): { server: Server; reply: Reply; changedAfterEmission: boolean } {
	const { sync, offer } = rules.step(server.sync, {
		kind: 'open-requested',
		changes: server.wanted !== server.activeContent
	});
	const froze = sync.phase === 'offered' && server.sync.phase !== 'offered';
	const retried = sync.phase === 'offered' && !froze && rules.regenerates;
	const version = retried ? Math.min(server.version + 1, 2) : server.version;
	const pendingContent = froze ? server.wanted : server.pendingContent;
	const now = sync.phase === 'offered' ? `${sync.pending}.${pendingContent}.${version}` : null;
	const next = { ...server, sync, pendingContent, version, emitted: now };
	const content = pendingContent ?? server.activeContent;
	const recovery = sync.phase === 'recover';
	return {
		server: next,
		reply: { offer: offer!, content, version, firstId, recovery },
		changedAfterEmission: !froze && server.emitted !== null && server.emitted !== now
	};
}

/** One proof: a lock packet under the key of this epoch, of a command that did or did not probe. */
export function prove(server: Server, epoch: number, probed: boolean, rules: Rules): Server {
	const { sync, proven } = rules.step(server.sync, { kind: 'proof', epoch, probed });
	if (sync === server.sync) return server;
	const activeContent = proven ? server.pendingContent! : server.activeContent;
	return { ...server, sync, activeContent, pendingContent: null, emitted: null };
}

/** The row from a backup taken at the start; what managers want is asked of them again. */
export function restore(server: Server, rules: Rules): Server {
	const { sync } = rules.step(START.sync, { kind: 'restored' });
	return { ...START, sync, activeContent: -1, wanted: server.wanted };
}
