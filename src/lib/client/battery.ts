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
