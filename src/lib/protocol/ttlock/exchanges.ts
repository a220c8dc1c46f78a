/** Everything that is asked of a lock in one exchange: command, and how its answer reads. */
import type { Bytes } from '../bytes.ts';
import {
	parseAdminPasscode,
	parseAutoLockAnswer,
	parseClock,
	parseDeviceInfo,
	parseFeatures,
	parseNothing,
	parseStatus,
	parseSwitchAnswer,
	type AutoLock,
	type Features,
	type Status
} from './answers.ts';
import type { Local } from './dates.ts';
import {
	parsePassageAnswer,
	writePassage,
	type PassageAnswer,
	type PassageWrite
} from './passage.ts';
import {
	listPasscodes,
	parsePasscodeAnswer,
	parsePasscodePage,
	writePasscode,
	type PasscodePage,
	type PasscodeWrite
} from './passcodes.ts';
import type { Exchange } from './programs.ts';
import { parseLogPage, type LogPage } from './records.ts';
import {
	getAdminPasscode,
	getAutoLock,
	getClock,
	getDeviceInfo,
	getFeatures,
	getLogs,
	getStatus,
	getSwitch,
	reset,
	setAdminPasscode,
	setAutoLock,
	setClock,
	setPasscodeSeed,
	setSwitch,
	type Cursor,
	type DeviceInfo,
	type Switch
} from './writes.ts';

/** Battery and bolt. Needs no handshake; one lock always said unlocked, so trust its advertisement more. */
export function readStatus(): Exchange<Status> {
	return { command: getStatus(), parse: parseStatus, repeatable: true };
}

export function readFeatures(): Exchange<Features> {
	return { command: getFeatures(), parse: parseFeatures, repeatable: true };
}

export function readClock(): Exchange<Local> {
	return { command: getClock(), parse: parseClock, repeatable: true };
}

/** Sets the clock. Keys and passcodes with a window fail on a lock whose clock is off. */
export function writeClock(local: Local): Exchange<true> {
	return { command: setClock(local), parse: parseNothing, repeatable: true };
}

export function readAutoLock(): Exchange<AutoLock> {
	return { command: getAutoLock(), parse: parseAutoLockAnswer, repeatable: true };
}

export function writeAutoLock(seconds: number): Exchange<true> {
	const parse = (data: Uint8Array) =>
		data.length === 2 || parseAutoLockAnswer(data) ? true : null;
	return { command: setAutoLock(seconds), parse, repeatable: true };
}

export function readSwitch(name: Switch): Exchange<{ battery: number; on: boolean }> {
	return { command: getSwitch(name), parse: parseSwitchAnswer, repeatable: true };
}

export function writeSwitch(name: Switch, on: boolean): Exchange<true> {
	const parse = (data: Uint8Array) => (data.length === 2 || parseSwitchAnswer(data) ? true : null);
	return { command: setSwitch(name, on), parse, repeatable: true };
}

export function readAdminPasscode(): Exchange<{ battery: number; code: string }> {
	return { command: getAdminPasscode(), parse: parseAdminPasscode, repeatable: true };
}

export function writeAdminPasscode(code: string): Exchange<true> {
	return { command: setAdminPasscode(code), parse: parseNothing, repeatable: true };
}

export function readDeviceInfo(what: DeviceInfo): Exchange<string> {
	return { command: getDeviceInfo(what), parse: parseDeviceInfo, repeatable: true };
}

/**
 * Adds, changes, removes or clears. Not repeatable: the answer to the second would say that the code
 * exists already, or no more.
 */
export function changePasscodes(write: PasscodeWrite): Exchange<{ battery: number }> {
	const parse = (data: Uint8Array) => parsePasscodeAnswer(data, write.op);
	return { command: writePasscode(write), parse, repeatable: false };
}

export function readPasscodes(sequence: number): Exchange<PasscodePage> {
	return { command: listPasscodes(sequence), parse: parsePasscodePage, repeatable: true };
}

/** Gives the lock what its random passcodes are computed from. */
export function writePasscodeSeed(seed: Bytes): Exchange<true> {
	return { command: setPasscodeSeed(seed), parse: parseNothing, repeatable: true };
}

/** Asks for the rules of the passage mode, or changes them. */
export function changePassage(write: PassageWrite): Exchange<PassageAnswer> {
	return {
		command: writePassage(write),
		parse: parsePassageAnswer,
		repeatable: write.op === 'query'
	};
}

/** A page of the log. @param strict whether a record in an unknown form is taken for noise */
export function readLogs(cursor: Cursor, strict: boolean): Exchange<LogPage> {
	const parse = (data: Uint8Array) => parseLogPage(data, strict);
	return { command: getLogs(cursor), parse, repeatable: cursor !== 'unread' };
}

/** Gives the lock back. Its answer may never come: the lock has forgotten us. */
export function resetLock(): Exchange<true> {
	return { command: reset(), parse: parseNothing, repeatable: false };
}
