import { describe, expect, it } from 'vitest';
import { batteryPercent, batteryScale } from '../../../src/lib/protocol/noke/battery.ts';

describe('battery', () => {
	it.each([
		[0, 0, 1],
		[2799, 0, 1],
		[2820, 10, 1],
		[2850, 25, 1],
		[2874, 37, 1],
		[2875, 38, 2],
		[2900, 50, 3],
		[2975, 88, 6],
		[2999, 100, 6],
		[3000, 100, 7],
		[3600, 100, 7]
	])('%i mV is %i percent and step %i', (millivolts, percent, step) => {
		expect(batteryPercent(millivolts)).toBe(percent);
		expect(batteryScale(millivolts)).toBe(step);
	});
});
