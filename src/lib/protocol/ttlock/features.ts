/** What a lock can do, by the bit that says so (docs/door-lock.md). */
export const FEATURE = {
	passcode: 0,
	card: 1,
	fingerprint: 2,
	wristband: 3,
	autoLock: 4,
	passcodeDelete: 5,
	firmwareSetting: 6,
	passcodeManagement: 7,
	lockCommand: 8,
	passcodeDisplay: 9,
	gatewayUnlock: 10,
	freeze: 11,
	cyclicPasscode: 12,
	oldDoorSensor: 13,
	remoteUnlockSwitch: 14,
	sound: 15,
	nbIot: 16,
	readAdminPasscode: 18,
	hotelCard: 19,
	noClock: 20,
	silent: 21,
	passageMode: 22,
	autoLockOff: 23,
	wirelessKeypad: 24,
	light: 25,
	hotelBlacklist: 26,
	idCard: 27,
	tamper: 28,
	resetButton: 29,
	privacyLock: 30,
	deadLock: 32,
	passageExceptions: 33,
	cyclicCard: 34,
	privacyMode: 35,
	doorDirection: 36,
	fingerVein: 37,
	bluetooth5: 38,
	nbWake: 39,
	cyclicRecovery: 40,
	keyFob: 41,
	accessoryBattery: 42,
	volume: 43,
	qrCode: 44,
	doorSensorState: 45,
	passageAutoUnlock: 46,
	wirelessDoorSensor: 50,
	doorOpenAlert: 51,
	sensitivity: 52,
	face: 53,
	cpuCard: 55,
	wifi: 56,
	wifiStaticIp: 58
} as const;
export type Feature = keyof typeof FEATURE;

/**
 * `featureValue` as the open API has it: the words as one number in hex, bit n for feature n, with no
 * zeros in front. Only the place of the first word is certain; the others follow upwards.
 */
export function featureValueOf(words: readonly number[]): string {
	const hex = words.map((word) => word.toString(16).padStart(8, '0'));
	return hex
		.reverse()
		.join('')
		.replace(/^0+(?=.)/, '')
		.toUpperCase();
}

/** The words of a lock with these features, as many as it needs. */
export function wordsOf(features: readonly Feature[]): number[] {
	const words = [0];
	for (const feature of features) {
		const at = Math.floor(FEATURE[feature] / 32);
		while (words.length <= at) words.push(0);
		words[at] = (words[at]! | (1 << (FEATURE[feature] % 32))) >>> 0;
	}
	return words;
}

/** Whether a lock of this `featureValue` has a feature. */
export function hasFeature(featureValue: string, feature: Feature): boolean {
	const bit = FEATURE[feature];
	const digit = featureValue.at(-1 - Math.floor(bit / 4)) ?? '0';
	return ((parseInt(digit, 16) >> (bit % 4)) & 1) === 1;
}
