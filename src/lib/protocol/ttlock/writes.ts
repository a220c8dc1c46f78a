import { bigEndian, concat, readBigEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { OPCODE, VENDOR, type Command } from './commands.ts';
import { dateBytes, readDate, type Local } from './dates.ts';

const NOTHING = new Uint8Array(0);

/**
 * Opens or locks, after a handshake: `sum u32 ‖ Unix seconds u32`. The seconds become the id of the
 * lock's record of it.
 * @param sum `sumOf` the lock's random number and the unlock key
 */
export function opening(action: 'unlock' | 'lock', sum: number, at: number): Command {
	return { opcode: OPCODE[action], data: concat(bigEndian(sum, 4), bigEndian(at, 4)) };
}

export function parseOpening(data: Uint8Array): { sum: number; at: number } | null {
	if (data.length !== 8) return null;
	return { sum: readBigEndian(data, 0, 4), at: readBigEndian(data, 4, 4) };
}

/** Asks for battery and bolt; needs no handshake. */
export function getStatus(): Command {
	return { opcode: OPCODE.getStatus, data: VENDOR.slice() };
}

/** Asks for battery and feature words. */
export function getFeatures(): Command {
	return { opcode: OPCODE.getFeatures, data: NOTHING };
}

/** Sets the lock's clock: date6. */
export function setClock(local: Local): Command {
	return { opcode: OPCODE.setClock, data: dateBytes(local, 6) };
}

export function parseSetClock(data: Uint8Array): Local | null {
	return data.length === 6 ? readDate(data, 0, 6) : null;
}

/** Asks what time the lock thinks it is. */
export function getClock(): Command {
	return { opcode: OPCODE.getClock, data: NOTHING };
}

/** Where a log is read from: what nobody has read yet, or after a record of that number (0: all). */
export type Cursor = 'unread' | number;
const UNREAD = 0xffff;

/** Asks for the log after the cursor, u16. `unread` moves the lock's own bookmark: not repeatable. */
export function getLogs(cursor: Cursor): Command {
	return { opcode: OPCODE.getLogs, data: bigEndian(cursor === 'unread' ? UNREAD : cursor, 2) };
}

/** The cursor, or null when the length is wrong. */
export function parseGetLogs(data: Uint8Array): Cursor | null {
	if (data.length !== 2) return null;
	const number = readBigEndian(data, 0, 2);
	return number === UNREAD ? 'unread' : number;
}

/** Gives the lock back to whoever pairs it next. Answered, or the link drops. */
export function reset(): Command {
	return { opcode: OPCODE.reset, data: NOTHING };
}

/** Op byte of the settings that are asked for and set by one opcode. */
const OP = { query: 1, set: 2 } as const;

/** Asks how many seconds after an opening the lock locks itself. */
export function getAutoLock(): Command {
	return { opcode: OPCODE.autoLock, data: Uint8Array.of(OP.query) };
}

/**
 * Sets it: `02 ‖ seconds u16`; 0 turns it off.
 * @throws ProtocolError `bad-field`
 */
export function setAutoLock(seconds: number): Command {
	if (!(Number.isInteger(seconds) && seconds >= 0 && seconds < 2 ** 16))
		throw new ProtocolError('bad-field', 'auto-lock is 0..65535 seconds');
	return { opcode: OPCODE.autoLock, data: concat(Uint8Array.of(OP.set), bigEndian(seconds, 2)) };
}

/** The seconds to set, `query`, or null. */
export function parseAutoLock(data: Uint8Array): number | 'query' | null {
	if (data.length === 1 && data[0] === OP.query) return 'query';
	return data.length === 3 && data[0] === OP.set ? readBigEndian(data, 1, 2) : null;
}

/** What can be turned on and off: the lock's sound, and opening through a gateway. */
export type Switch = 'sound' | 'remoteUnlock';

export function getSwitch(name: Switch): Command {
	return { opcode: OPCODE[name], data: Uint8Array.of(OP.query) };
}

export function setSwitch(name: Switch, on: boolean): Command {
	return { opcode: OPCODE[name], data: Uint8Array.of(OP.set, on ? 1 : 0) };
}

/** What to turn it to, `query`, or null. */
export function parseSwitch(data: Uint8Array): boolean | 'query' | null {
	if (data.length === 1 && data[0] === OP.query) return 'query';
	return data.length === 2 && data[0] === OP.set && data[1]! <= 1 ? data[1] === 1 : null;
}

/**
 * The code that an owner types: one byte 0..9 a digit.
 * @throws ProtocolError `bad-field` unless it has 4 to 9 digits
 */
export function setAdminPasscode(code: string): Command {
	if (!/^\d{4,9}$/.test(code)) throw new ProtocolError('bad-field', 'a passcode is 4 to 9 digits');
	return { opcode: OPCODE.setAdminPasscode, data: Uint8Array.from(code, Number) };
}

export function parseSetAdminPasscode(data: Uint8Array): string | null {
	const fits = data.length >= 4 && data.length <= 9 && data.every((digit) => digit <= 9);
	return fits ? data.join('') : null;
}

export function getAdminPasscode(): Command {
	return { opcode: OPCODE.getAdminPasscode, data: NOTHING };
}

/** What can be read about the device, in ASCII (docs/door-lock.md). */
const DEVICE_INFO = {
	model: 1,
	hardware: 2,
	firmware: 3,
	madeOn: 4,
	mac: 5,
	clock: 6
} as const;
export type DeviceInfo = keyof typeof DEVICE_INFO;

export function getDeviceInfo(what: DeviceInfo): Command {
	return { opcode: OPCODE.getDeviceInfo, data: Uint8Array.of(DEVICE_INFO[what]) };
}

export function parseGetDeviceInfo(data: Uint8Array): DeviceInfo | null {
	if (data.length !== 1) return null;
	const found = Object.entries(DEVICE_INFO).find(([, number]) => number === data[0]);
	return (found?.[0] as DeviceInfo | undefined) ?? null;
}

const SEED_YEARS = 10;
const SEED_LENGTH = 1 + 6 * SEED_YEARS;
const SEED_CODES = 1071;
const SEED_SECRETS = 1e10;

/**
 * What a lock's random passcodes are computed from: `year mod 100`, then for ten years a code 0..1070
 * in 12 bits and a secret below 10^10 in 36 (docs/door-lock.md).
 * @param entropy 80 random bytes
 * @returns 61 bytes, secret
 * @throws ProtocolError `bad-length`
 */
export function passcodeSeed(year: number, entropy: Uint8Array): Bytes {
	if (entropy.length !== 8 * SEED_YEARS)
		throw new ProtocolError('bad-length', 'a seed needs 80 bytes of entropy');
	const years = Array.from({ length: SEED_YEARS }, (_, i) => {
		const code = readBigEndian(entropy, 8 * i, 2) % SEED_CODES;
		return bigEndian(code * 2 ** 36 + (readBigEndian(entropy, 8 * i + 2, 6) % SEED_SECRETS), 6);
	});
	return concat(Uint8Array.of(year % 100), ...years);
}

/** Gives a lock its seed. @throws ProtocolError `bad-length` */
export function setPasscodeSeed(seed: Bytes): Command {
	if (seed.length !== SEED_LENGTH) throw new ProtocolError('bad-length', 'a seed is 61 bytes');
	return { opcode: OPCODE.setPasscodeSeed, data: seed };
}

export function parseSetPasscodeSeed(data: Bytes): Bytes | null {
	if (data.length !== SEED_LENGTH || data[0]! > 99) return null;
	for (let at = 1; at < SEED_LENGTH; at += 6) {
		const number = readBigEndian(data, at, 6);
		if (Math.floor(number / 2 ** 36) >= SEED_CODES || number % 2 ** 36 >= SEED_SECRETS) return null;
	}
	return data;
}
