/** Percent of a battery in millivolts, 0 to 100, by the formula of the Core API text. */
export function batteryPercent(millivolts: number): number {
	if (millivolts >= 3000) return 100;
	return Math.max(0, Math.round((millivolts - 2800) / 2));
}

/** The seven-step scale of the Core API text: 7 from 3000 mV, 25 mV a step, 1 is the lowest. */
export function batteryScale(millivolts: number): number {
	return Math.min(7, Math.max(1, 7 - Math.ceil((3000 - millivolts) / 25)));
}
