/** What a lock said of itself, in words. */

const MINUTE = 60_000;

/** Seconds after which a lock locks by itself; 0 is never. */
export function autoLockWords(seconds: number): string {
	if (seconds === 0) return 'never';
	return `after ${seconds} s`;
}

/** Whether its clock is off by so much that eKeys and passcodes feel it. */
export function isOff(clockOff: number | null): boolean {
	return clockOff !== null && Math.abs(clockOff) >= MINUTE;
}

/** @param clockOff milliseconds that the lock's clock was ahead of the right time */
export function clockWords(clockOff: number | null): string {
	if (clockOff === null) return 'not told';
	if (!isOff(clockOff)) return 'right';
	const minutes = Math.round(Math.abs(clockOff) / MINUTE);
	const [count, unit] =
		minutes < 120
			? [minutes, 'minute']
			: minutes < 48 * 60
				? [Math.round(minutes / 60), 'hour']
				: [Math.round(minutes / 1440), 'day'];
	return `${count} ${unit}${count === 1 ? '' : 's'} ${clockOff > 0 ? 'fast' : 'slow'}`;
}
