import { latest, type Held } from './held.ts';

/** What a slot of a lock holds. A key is fixed when it is issued. */
export interface SlotContent {
	/** The number its key is derived with. */
	issue: number;
	/** What the lock enforces, or will when it has proven to have the key. */
	window: Window;
}

/** Unix seconds, both included; the lock's own clock decides. */
export interface Window {
	from: number;
	until: number;
	/** When it is to be written again, milliseconds since 1970; null for never. */
	renewAt: number | null;
}

export type Slot = Held<SlotContent>;

/** What a revoked slot may open by until it is off: any of its keys, the longest of its windows. */
export function widest(slot: Slot): SlotContent {
	const { content, next } = slot;
	const window =
		next !== null && next.window.until > content.window.until ? next.window : content.window;
	// The number counts as used, so that no later key of this slot is the same.
	return { issue: latest(slot).issue, window };
}
