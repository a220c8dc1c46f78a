/**
 * One thing that a lock or a fob is to hold: the key of a slot, a quick click, a credential of a
 * fob, the settings. A pure reducer beside sync.ts, in whose sets of changes it travels; what the
 * device has of it is known only by proof of a set that carried it. The exhaustive search in
 * tests/model imports this very file.
 */
export interface Held<C> {
	readonly state: HeldState;
	/** What the device has, or will by the proof of the set that brings it. */
	readonly content: C;
	/** Epoch whose set carries the current change; null when none does, or nothing is to change. */
	readonly frozen: number | null;
	/** What that set makes of a content that the device has already. */
	readonly next: C | null;
	/** What the set after it is to make of it. */
	readonly wanted: C | null;
}

export type HeldState =
	/** Issued; the device does not have it, as far as is known. */
	| 'waiting'
	/** On the lock, or on the fob. */
	| 'on-lock'
	/** Revoked; it may still open. */
	| 'revoking'
	/** By proof, or because it was never sent. The end of it. */
	| 'off';

export type HeldEvent<C> =
	/** A set is put together for `epoch`. `content`: decided only now, null for what is wanted. */
	| { kind: 'freeze'; epoch: number; content: C | null }
	/** The device proved the set of `epoch`. */
	| { kind: 'proof'; epoch: number }
	/** It is to have another content; null takes such a wish back, if no set carries it yet. */
	| { kind: 'change'; content: C | null }
	/** `unknown`: nobody knows what the device has. `content`: what it may open by until it is off. */
	| { kind: 'revoke'; unknown: boolean; content: C }
	/** Nobody knows any more what the device has; it is to have this. */
	| { kind: 'restored'; content: C };

/** What a set has to do about it. */
export type HeldWrite = 'set' | 'remove' | null;

export interface HeldStep<C> {
	held: Held<C>;
	/** Only after `freeze`. */
	write: HeldWrite;
}

/** From the moment of issue. */
export function issued<C>(content: C): Held<C> {
	return { state: 'waiting', content, frozen: null, next: null, wanted: null };
}

/** What it will be when every change has arrived. */
export function latest<C>({ content, next, wanted }: Held<C>): C {
	return wanted ?? next ?? content;
}

/** Whether the next set has to carry something for it. */
export function isChange({ state, frozen, wanted }: Held<unknown>): boolean {
	if (frozen !== null) return false;
	return state === 'waiting' || state === 'revoking' || (state === 'on-lock' && wanted !== null);
}

/** Issued and not revoked. */
export function isLive({ state }: { state: HeldState }): boolean {
	return state === 'waiting' || state === 'on-lock';
}

/** One event of one thing; nothing is written here. */
export function step<C>(held: Held<C>, event: HeldEvent<C>): HeldStep<C> {
	switch (event.kind) {
		case 'freeze':
			return freeze(held, event.epoch, event.content);
		case 'proof':
			return { held: held.frozen === event.epoch ? proven(held) : held, write: null };
		case 'change':
			return { held: changed(held, event.content), write: null };
		case 'revoke':
			return { held: revoked(held, event.unknown, event.content), write: null };
		case 'restored':
			return { held: restored(held, event.content), write: null };
	}
}

function freeze<C>(held: Held<C>, epoch: number, decided: C | null): HeldStep<C> {
	// What a set carries never changes: it waits for the proof.
	if (held.frozen !== null) return { held, write: null };
	switch (held.state) {
		case 'waiting':
			return { held: { ...held, content: decided ?? held.content, frozen: epoch }, write: 'set' };
		case 'revoking':
			return { held: { ...held, frozen: epoch }, write: 'remove' };
		case 'on-lock': {
			const next = decided ?? held.wanted;
			if (next === null) return { held, write: null };
			return { held: { ...held, next, wanted: null, frozen: epoch }, write: 'set' };
		}
		case 'off':
			return { held, write: null };
	}
}

function proven<C>(held: Held<C>): Held<C> {
	const settled = { ...held, frozen: null, next: null };
	switch (held.state) {
		case 'waiting':
			return { ...settled, state: 'on-lock' };
		case 'on-lock':
			return { ...settled, content: held.next ?? held.content };
		case 'revoking':
			return { ...settled, state: 'off' };
		case 'off':
			return held;
	}
}

function changed<C>(held: Held<C>, content: C | null): Held<C> {
	if (!isLive(held)) return held;
	if (held.state === 'waiting' && held.frozen === null)
		return { ...held, content: content ?? held.content };
	return { ...held, wanted: content };
}

function revoked<C>(held: Held<C>, unknown: boolean, content: C): Held<C> {
	if (!isLive(held)) return held;
	const settled = { ...held, frozen: null, next: null, wanted: null, content };
	if (held.state === 'waiting' && held.frozen === null && !unknown)
		return { ...settled, state: 'off' };
	// A set that is offered may bring it yet; the one after it takes it away.
	return { ...settled, state: 'revoking' };
}

function restored<C>(held: Held<C>, content: C): Held<C> {
	if (held.state === 'off') return held;
	const settled = { ...held, frozen: null, next: null, wanted: null };
	if (held.state === 'revoking') return settled;
	return { ...settled, state: 'waiting', content };
}
