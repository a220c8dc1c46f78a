/**
 * The lock's half of changing keys: a pure reducer over docs/lock-scheme.md section 5. The
 * exhaustive search in tests/model imports this very file, so keys are an opaque `K` compared by
 * `===`: hex in the virtual padlock, epoch numbers in the model. Who signed a command and whether
 * a digest fits is decided before, by the cipher; here only what follows from it.
 */

/** A filled slot. Times are Unix seconds, both included. */
export interface Slot<K> {
	readonly key: K;
	readonly from: number;
	readonly until: number;
}
export type Slots<K> = Readonly<Record<number, Slot<K>>>;

/** What a lock holds, durable as a whole. */
export interface KeySet<K> {
	readonly epoch: number;
	readonly master: K;
	readonly slots: Slots<K>;
	/** The master key before the last commit: it recognises re-sent writes and does nothing else. */
	readonly previous: { readonly epoch: number; readonly master: K } | null;
}

export type Write<K> =
	| { readonly kind: 'set'; readonly slot: number; readonly content: Slot<K> }
	| { readonly kind: 'remove'; readonly slot: number }
	| { readonly kind: 'reset' };

/** What set up asks for. */
export interface Commit<K> {
	readonly kind: 'commit';
	readonly epoch: number;
	readonly master: K;
	/** Number of writes that the sender wants committed, mod 256. */
	readonly count: number;
	/** Whether the digest is that of the staged writes. */
	readonly fits: boolean;
}

/** The writes of this session, and the slots as they will be. Forgotten when the session ends. */
export interface Stage<K> {
	readonly slots: Slots<K>;
	readonly writes: readonly Write<K>[];
}

/** Which master key a command was authentic under. */
export type Under = 'current' | 'previous';

export interface Changed<K> {
	readonly keys: KeySet<K>;
	readonly stage: Stage<K>;
	readonly result: 'success' | 'invalid-key' | 'invalid-data';
}

/** A lock out of the box: the base key as the master key of epoch 0, no slots. */
export function factoryKeys<K>(baseKey: K): KeySet<K> {
	return { epoch: 0, master: baseKey, slots: {}, previous: null };
}

/** The stage of a session in which nothing was written yet. */
export function emptyStage<K>(keys: KeySet<K>): Stage<K> {
	return { slots: keys.slots, writes: [] };
}

/** One authentic command that changes keys. When `keys` differs it must be durable before the answer. */
export function change<K>(
	keys: KeySet<K>,
	stage: Stage<K>,
	under: Under,
	wanted: Write<K> | Commit<K>
): Changed<K> {
	if (under === 'previous') return { keys, stage, result: recognised(keys, wanted) };
	if (wanted.kind !== 'commit') return { keys, stage: staged(stage, wanted), result: 'success' };
	const { epoch, master, count, fits } = wanted;
	if (count !== stage.writes.length % 256 || epoch <= keys.epoch || !fits)
		return { keys, stage: emptyStage(keys), result: 'invalid-data' };
	const previous = { epoch: keys.epoch, master: keys.master };
	const next = { epoch, master, slots: stage.slots, previous };
	return { keys: next, stage: emptyStage(next), result: 'success' };
}

/**
 * A phone whose acknowledgement was lost sends the writes of the last commit again. They are
 * waved through unread, so that it gets to the opening, but never staged.
 */
function recognised<K>(keys: KeySet<K>, wanted: Write<K> | Commit<K>): 'success' | 'invalid-key' {
	if (wanted.kind !== 'commit') return 'success';
	return wanted.epoch === keys.epoch && wanted.master === keys.master ? 'success' : 'invalid-key';
}

function staged<K>(stage: Stage<K>, write: Write<K>): Stage<K> {
	const writes = [...stage.writes, write];
	if (write.kind === 'reset') return { slots: {}, writes };
	if (write.kind === 'set')
		return { slots: { ...stage.slots, [write.slot]: write.content }, writes };
	const { [write.slot]: _, ...slots } = stage.slots;
	return { slots, writes };
}
