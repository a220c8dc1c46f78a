import { batteryPercent, batteryScale } from '../protocol/noke/profile.ts';

/** A battery reading as people read it. */
export interface BatteryReading {
	/** 0 to 100. */
	percent: number;
	/** 7 is full, 2 and 1 want a change. */
	scale: number;
}

/** What a reading in millivolts means. */
export function readBattery(millivolts: number): BatteryReading {
	return { percent: batteryPercent(millivolts), scale: batteryScale(millivolts) };
}

/** What a reading in percent means, on the same scale. */
export function readPercent(percent: number): BatteryReading {
	return { percent, scale: Math.min(7, Math.max(1, Math.ceil((percent * 7) / 100))) };
}
