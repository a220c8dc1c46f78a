/**
 * The server's half of changing a lock's keys: a pure reducer. The rules are docs/lock-scheme.md
 * section 5; the exhaustive search in tests/model imports this very file.
 *
 * Three rules keep every lock openable: a pending set is on disk before it is offered and never
 * changes afterwards; only a packet from the lock moves the active epoch; every offer opens a lock
 * that holds the active set as well as one that already holds the pending set.
 */
export type KeySync =
	/** The lock holds `active`; nothing has been offered. */
	| { phase: 'steady'; active: number }
	/** Changes are frozen as `pending` = active + 1; the lock holds one of the two. */
	| { phase: 'offered'; active: number; pending: number }
	/** After a restore from a backup: the lock may be ahead of what we know. */
	| { phase: 'recover'; active: number };

export type SyncEvent =
	/** Somebody wants to open. `changes`: something waits for the lock, or it is not set up yet. */
	| { kind: 'open-requested'; changes: boolean }
	/**
	 * A lock packet deciphered under the master key of `epoch`. `probed`: it tells of an opening
	 * that was issued in this recovery, so that a late packet from before it proves nothing new.
	 */
	| { kind: 'proof'; epoch: number; probed: boolean }
	/** The database was restored, or a manager declared the keys unknown. */
	| { kind: 'restored' };

/** What the commands for one session consist of, in this order. */
export interface Offer {
	/** Epoch whose master key the writes and the set-up come under; null for no writes. */
	writesUnder: number | null;
	/** Epochs under which the opening is sent, one command each; at most one can fit. */
	opensUnder: readonly number[];
}

export interface SyncStep {
	sync: KeySync;
	/** Only after `open-requested`. To be emitted when `sync` is on disk, never before. */
	offer: Offer | null;
	/** True when this event proved the pending set: its contents are on the lock. */
	proven: boolean;
}

/** Epochs tried in recovery, as distances from the last known, likeliest first. */
const PROBES = [0, 1, -1, 2, 3, 4];

/** One event of one lock. The caller holds the lock's row and writes the result in one transaction. */
export function step(sync: KeySync, event: SyncEvent): SyncStep {
	switch (event.kind) {
		case 'open-requested':
			return offerFor(sync, event.changes);
		case 'proof':
			return proofOf(sync, event);
		case 'restored':
			return { sync: { phase: 'recover', active: sync.active }, offer: null, proven: false };
	}
}

/**
 * Epochs whose keys may have made a packet of this lock, likeliest first; late uploads are old. A
 * lock that was set up says nothing under epoch 0, whose key may be public: anybody else could.
 */
export function packetEpochs(sync: KeySync): number[] {
	const ahead = sync.phase === 'offered' ? [sync.pending] : [];
	const around = sync.phase === 'recover' ? PROBES : [0, -1, -2, -3, -4];
	const lowest = sync.phase === 'recover' || sync.active === 0 ? 0 : 1;
	return [...ahead, ...around.map((distance) => sync.active + distance)].filter((e) => e >= lowest);
}

function offerFor(sync: KeySync, changes: boolean): SyncStep {
	if (sync.phase === 'recover') {
		const opensUnder = PROBES.map((distance) => sync.active + distance).filter((e) => e >= 0);
		return { sync, offer: { writesUnder: null, opensUnder }, proven: false };
	}
	// A change that comes while a set is offered waits for the set after it.
	if (sync.phase === 'offered') return { sync, offer: offered(sync), proven: false };
	if (!changes)
		return { sync, offer: { writesUnder: null, opensUnder: [sync.active] }, proven: false };
	const next = { phase: 'offered', active: sync.active, pending: sync.active + 1 } as const;
	return { sync: next, offer: offered(next), proven: false };
}

function offered(sync: { active: number; pending: number }): Offer {
	return { writesUnder: sync.active, opensUnder: [sync.pending] };
}

function proofOf(sync: KeySync, { epoch, probed }: { epoch: number; probed: boolean }): SyncStep {
	if (sync.phase === 'offered' && epoch === sync.pending)
		return { sync: { phase: 'steady', active: epoch }, offer: null, proven: true };
	if (sync.phase === 'recover' && probed)
		return { sync: { phase: 'steady', active: epoch }, offer: null, proven: false };
	// Proof of the active epoch or of an older one is only late: it refutes nothing.
	return { sync, offer: null, proven: false };
}
