/**
 * How staged writes become what a device holds: the reducer of docs/lock-scheme.md section 5, for
 * locks and fobs alike. What they hold beside master keys, and what a write does to it, is theirs.
 */

/** The master keys of a device. The rest of its key set lies beside them. */
export interface Masters<K> {
	readonly epoch: number;
	readonly master: K;
	/** The master key before the last commit: it recognises re-sent writes and does nothing else. */
	readonly previous: { readonly epoch: number; readonly master: K } | null;
}

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

/** The writes of this session, in their order. Forgotten when the session ends. */
export interface Stage<W> {
	readonly writes: readonly W[];
}

export const EMPTY_STAGE = { writes: [] } as const;

/** Which master key a command was authentic under. */
export type Under = 'current' | 'previous';

/** When `keys` differs it must be durable before the answer. */
export interface Changed<S, W> {
	readonly keys: S;
	readonly stage: Stage<W>;
	readonly result: 'success' | 'invalid-key' | 'invalid-data';
}

/** What one write makes of a key set. @param held what the device holds while nothing is committed */
export type Apply<S, W> = (set: S, write: W, held: S) => S;

/** The key set with all these writes in it, in their order. */
export function withWrites<S, W>(apply: Apply<S, W>, keys: S, writes: readonly W[]): S {
	return writes.reduce((set, write) => apply(set, write, keys), keys);
}

/**
 * A commit. Writes are applied to what is held now, not when they were staged: a quick click that
 * was used in between stays used.
 */
export function commit<K, S extends Masters<K>, W>(
	apply: Apply<S, W>,
	keys: S,
	stage: Stage<W>,
	under: Under,
	{ epoch, master, count, fits }: Commit<K>
): Changed<S, W> {
	if (under === 'previous') {
		// A phone whose acknowledgement was lost sends the last commit again, and must get further.
		const known = epoch === keys.epoch && master === keys.master;
		return { keys, stage, result: known ? 'success' : 'invalid-key' };
	}
	if (count !== stage.writes.length % 256 || epoch <= keys.epoch || !fits)
		return { keys, stage: EMPTY_STAGE, result: 'invalid-data' };
	const previous = { epoch: keys.epoch, master: keys.master };
	const next = { ...withWrites(apply, keys, stage.writes), epoch, master, previous };
	return { keys: next, stage: EMPTY_STAGE, result: 'success' };
}

/** A write: staged under the current key, waved through unread under the previous one. */
export function staged<S, W>(keys: S, stage: Stage<W>, under: Under, write: W): Changed<S, W> {
	if (under === 'previous') return { keys, stage, result: 'success' };
	return { keys, stage: { writes: [...stage.writes, write] }, result: 'success' };
}
