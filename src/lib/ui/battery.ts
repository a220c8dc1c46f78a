/** Percent on the scale of seven ticks; 2 and 1 want a change. */
export function batteryTicks(percent: number): number {
	return Math.min(7, Math.max(1, Math.ceil((percent / 100) * 7)));
}
