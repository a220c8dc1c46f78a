/** What a session has accepted, so that nothing is accepted twice: docs/lock-scheme.md 4, rule 5. */
export interface Order {
	/** Greatest command id under a master key, 0 before the first. */
	readonly lastId: number;
	/** Time of each slot's last command. */
	readonly slotTimes: Readonly<Record<number, number>>;
}

export const NOTHING_ACCEPTED: Order = { lastId: 0, slotTimes: {} };

/** Which command of which key. `slot` is null for master keys. */
export interface Place {
	readonly slot: number | null;
	readonly id: number;
	readonly time: number;
}

/**
 * The order after this command, or null for a repetition. It is to be noted before the command is
 * worked off: what was refused for the hour must not open when the clock has moved on.
 */
export function accept(order: Order, { slot, id, time }: Place): Order | null {
	if (slot === null) return id > order.lastId ? { ...order, lastId: id } : null;
	const last = order.slotTimes[slot];
	if (last !== undefined && time <= last) return null;
	return { ...order, slotTimes: { ...order.slotTimes, [slot]: time } };
}
