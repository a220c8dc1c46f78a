/** What a hand feels: milliseconds on, off, on. */
const PATTERNS = {
	tap: [40],
	open: [40, 60, 120],
	failed: [200, 80, 200]
} as const;

/** Shakes the phone, where it can be shaken. */
export function vibrate(pattern: keyof typeof PATTERNS): void {
	vibrateRhythm(PATTERNS[pattern]);
}

/** Shakes it in a rhythm, milliseconds on, off, on; an empty one ends what shakes. */
export function vibrateRhythm(times: readonly number[]): void {
	// Absent on iOS; before the first tap on a page Chrome refuses it aloud, in the console.
	if (navigator.userActivation?.hasBeenActive === false) return;
	navigator.vibrate?.([...times]);
}
