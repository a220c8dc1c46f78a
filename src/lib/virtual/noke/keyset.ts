/**
 * What a lock holds, and what staged writes make of it. The exhaustive search in tests/model imports
 * this very file, so keys are an opaque `K` compared by `===`: hex in the virtual padlock, epoch
 * numbers in the model. Who signed a command and whether a digest fits is decided before, by the
 * cipher; here only what follows from it.
 */
import {
	commit,
	staged,
	withWrites,
	type Changed,
	type Commit,
	type Masters,
	type Stage as StageOf,
	type Under
} from './commit.ts';

/** A filled slot. Times are Unix seconds, both included. */
export interface Slot<K> {
	readonly key: K;
	readonly from: number;
	readonly until: number;
}
export type Slots<K> = Readonly<Record<number, Slot<K>>>;

/** A quick click at its position. */
export interface QuickClick {
	/** `1` for each long press, `0` for each short one. */
	readonly code: string;
	/** Left: 0..254, or 255 for no end. */
	readonly uses: number;
}
export type QuickClicks = Readonly<Record<number, QuickClick>>;

/** `uses` that never become fewer. */
const UNLIMITED = 255;

/** What a lock holds, durable as a whole. */
export interface KeySet<K> extends Masters<K> {
	readonly slots: Slots<K>;
	readonly quickClicks: QuickClicks;
	/** A shackle that is pushed home stays free until it is engaged. */
	readonly explicitLock: boolean;
}

export type Write<K> =
	| { readonly kind: 'set'; readonly slot: number; readonly content: Slot<K> }
	| { readonly kind: 'remove'; readonly slot: number }
	| { readonly kind: 'reset' }
	| {
			readonly kind: 'set quick click';
			readonly position: number;
			readonly content: QuickClick & { readonly capped: boolean };
	  }
	/** `position` null: all. */
	| { readonly kind: 'clear quick click'; readonly position: number | null }
	| { readonly kind: 'settings'; readonly explicitLock: boolean };

export type Stage<K> = StageOf<Write<K>>;

/** A lock out of the box: the base key as the master key of epoch 0, and nothing else. */
export function factoryKeys<K>(baseKey: K): KeySet<K> {
	return { epoch: 0, master: baseKey, ...NOTHING_HELD, previous: null };
}

/** What a lock holds beside its master key when it leaves the factory. */
export const NOTHING_HELD = { slots: {}, quickClicks: {}, explicitLock: false } as const;

/** One authentic command that changes what the lock holds. */
export function change<K>(
	keys: KeySet<K>,
	stage: Stage<K>,
	under: Under,
	wanted: Write<K> | Commit<K>
): Changed<KeySet<K>, Write<K>> {
	if (wanted.kind === 'commit') return commit(applied, keys, stage, under, wanted);
	if (under === 'current' && clashes(withWrites(applied, keys, stage.writes), wanted))
		return { keys, stage, result: 'invalid-data' };
	return staged(keys, stage, under, wanted);
}

/** The key set after one use of a quick click. */
export function withUse<K>(keys: KeySet<K>, position: number): KeySet<K> {
	const held = keys.quickClicks[position]!;
	if (held.uses === UNLIMITED) return keys;
	const used = { ...held, uses: held.uses - 1 };
	return { ...keys, quickClicks: { ...keys.quickClicks, [position]: used } };
}

/** The position of a code that still opens, or null. */
export function positionOf({ quickClicks }: KeySet<unknown>, code: string): number | null {
	const found = Object.entries(quickClicks).find(
		([, held]) => held.code === code && held.uses !== 0
	);
	return found ? Number(found[0]) : null;
}

/** By position, those whose uses are counted; also used up. */
export function counted({ quickClicks }: KeySet<unknown>): (QuickClick & { position: number })[] {
	return Object.entries(quickClicks)
		.map(([position, held]) => ({ ...held, position: Number(position) }))
		.filter(({ uses }) => uses !== UNLIMITED);
}

/** Whether a write would put one code at two positions. */
function clashes<K>(set: KeySet<K>, write: Write<K>): boolean {
	if (write.kind !== 'set quick click') return false;
	return Object.entries(set.quickClicks).some(
		([position, { code }]) => code === write.content.code && Number(position) !== write.position
	);
}

function applied<K>(set: KeySet<K>, write: Write<K>, held: KeySet<K>): KeySet<K> {
	switch (write.kind) {
		case 'reset':
			return { ...set, slots: {} };
		case 'set':
			return { ...set, slots: { ...set.slots, [write.slot]: write.content } };
		case 'remove': {
			const { [write.slot]: _, ...slots } = set.slots;
			return { ...set, slots };
		}
		case 'set quick click': {
			const { code, uses, capped } = write.content;
			const left = capped ? Math.min(uses, ...usesLeft(held, code)) : uses;
			const quickClicks = { ...set.quickClicks, [write.position]: { code, uses: left } };
			return { ...set, quickClicks };
		}
		case 'clear quick click': {
			if (write.position === null) return { ...set, quickClicks: {} };
			const { [write.position]: _, ...quickClicks } = set.quickClicks;
			return { ...set, quickClicks };
		}
		case 'settings':
			return { ...set, explicitLock: write.explicitLock };
	}
}

/** What is left of a code that is held and counted: no number, or one. */
function usesLeft(held: KeySet<unknown>, code: string): number[] {
	return counted(held).flatMap((click) => (click.code === code ? [click.uses] : []));
}
