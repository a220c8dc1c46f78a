import { startOfDay } from './time.ts';

const DAY = 86_400_000;

interface Timed {
	rangeStart: number;
	rangeEnd: number;
}

export interface Day<T> {
	/** Midnight at its start. */
	at: number;
	entries: T[];
}

/** Entries by the day on which they were over at the latest, in the order they come. */
export function byDay<T extends Timed>(entries: readonly T[]): Day<T>[] {
	const days: Day<T>[] = [];
	for (const entry of entries) {
		const at = startOfDay(entry.rangeEnd);
		const last = days.at(-1);
		if (last?.at === at) last.entries.push(entry);
		else days.push({ at, entries: [entry] });
	}
	return days;
}

/** Where an entry lies on the ruler of its day, in percent; what began the day before begins at 0. */
export function onRuler(entry: Timed): { left: number; width: number } {
	const day = startOfDay(entry.rangeEnd);
	const part = (at: number) => Math.min(100, Math.max(0, ((at - day) / DAY) * 100));
	const left = part(entry.rangeStart);
	return { left, width: part(entry.rangeEnd) - left };
}
