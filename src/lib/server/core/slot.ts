/**
 * One slot of a lock: a pure reducer beside sync.ts, in whose sets of changes it travels. A key is
 * fixed when it is issued; what the lock has of it is known only by proof of a set that carried it.
 */
export interface Slot {
	state: SlotState;
	/** The number its key is derived with. */
	issue: number;
	/** What the lock enforces, or will when it has proven to have the key. */
	window: Window;
	/** Epoch whose set carries the current change; null when none does, or nothing is to change. */
	frozen: number | null;
	/** The window that is under way to a lock that has the key already. */
	next: Window | null;
}

export type SlotState =
	/** Issued; the lock does not have it, as far as is known. */
	| 'waiting'
	| 'on-lock'
	/** Revoked; it may still open. */
	| 'revoking'
	/** By proof, or because it was never sent. The end of this key. */
	| 'off';

/** Unix seconds, both included; the lock's own clock decides. */
export interface Window {
	from: number;
	until: number;
	/** When it is to be written again, milliseconds since 1970; null for never. */
	renewAt: number | null;
}

export type SlotEvent =
	/** A set is put together for `epoch`. `window`: to be written now, null when it may stay. */
	| { kind: 'freeze'; epoch: number; window: Window | null }
	/** The lock proved the set of `epoch`. */
	| { kind: 'proof'; epoch: number }
	/** `unknown`: nobody knows what the lock has in its slots. */
	| { kind: 'revoke'; unknown: boolean }
	/** Nobody knows any more what the lock has; the key gets another number, above all it had. */
	| { kind: 'restored'; issue: number };

/** What a set has to do about a slot. */
export type SlotWrite = 'set' | 'remove' | null;

/** A key from the moment of issue. */
export function issued(issue: number, window: Window): Slot {
	return { state: 'waiting', issue, window, frozen: null, next: null };
}

/** One event of one slot. `write` is only there after `freeze`. */
export function step(slot: Slot, event: SlotEvent): { slot: Slot; write: SlotWrite } {
	switch (event.kind) {
		case 'freeze':
			return freeze(slot, event);
		case 'proof':
			return { slot: slot.frozen === event.epoch ? proven(slot) : slot, write: null };
		case 'revoke':
			return { slot: revoked(slot, event.unknown), write: null };
		case 'restored':
			return { slot: restored(slot, event.issue), write: null };
	}
}

/** Whether the next set has to carry something for this slot. */
export function isChange({ state, frozen }: Slot): boolean {
	return frozen === null && (state === 'waiting' || state === 'revoking');
}

function freeze(
	slot: Slot,
	{ epoch, window }: { epoch: number; window: Window | null }
): { slot: Slot; write: SlotWrite } {
	// What a set carries never changes: it waits for the proof.
	if (slot.frozen !== null) return { slot, write: null };
	switch (slot.state) {
		case 'waiting':
			return { slot: { ...slot, window: window ?? slot.window, frozen: epoch }, write: 'set' };
		case 'revoking':
			return { slot: { ...slot, frozen: epoch }, write: 'remove' };
		case 'on-lock':
			if (window === null) return { slot, write: null };
			return { slot: { ...slot, next: window, frozen: epoch }, write: 'set' };
		case 'off':
			return { slot, write: null };
	}
}

function proven(slot: Slot): Slot {
	const settled = { ...slot, frozen: null, next: null };
	switch (slot.state) {
		case 'waiting':
			return { ...settled, state: 'on-lock' };
		case 'on-lock':
			return { ...settled, window: slot.next ?? slot.window };
		case 'revoking':
			return { ...settled, state: 'off' };
		case 'off':
			return slot;
	}
}

function revoked(slot: Slot, unknown: boolean): Slot {
	switch (slot.state) {
		case 'waiting':
			if (slot.frozen === null && !unknown) return { ...slot, state: 'off' };
			break;
		case 'on-lock':
			break;
		case 'revoking':
		case 'off':
			return slot;
	}
	// A set that is offered may bring the key yet; the one after it takes it away.
	const window = slot.next && slot.next.until > slot.window.until ? slot.next : slot.window;
	return { ...slot, state: 'revoking', window, frozen: null, next: null };
}

function restored(slot: Slot, issue: number): Slot {
	if (slot.state === 'off') return slot;
	const settled = { ...slot, frozen: null, next: null };
	if (slot.state === 'revoking') return settled;
	return { ...settled, state: 'waiting', issue };
}
