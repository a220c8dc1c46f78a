import { ascii, bigEndian, concat, readAscii, readBigEndian, type Bytes } from '../bytes.ts';
import { isVendorWord, OPCODE, VENDOR } from './commands.ts';
import { dateBytes, readDate, type Local } from './dates.ts';

/** Why a lock refuses: the byte after status 0 (docs/door-lock.md), and `success` for status 1. */
export const RESULTS = {
	success: { code: null },
	'was-reset': { code: 0x00 },
	'crc-error': { code: 0x01 },
	'no-permission': { code: 0x02 },
	'wrong-admin': { code: 0x03 },
	'no-storage': { code: 0x04 },
	'in-setting-mode': { code: 0x05 },
	'no-admin': { code: 0x06 },
	'not-in-setting-mode': { code: 0x07 },
	'wrong-random': { code: 0x08 },
	'no-power': { code: 0x0a },
	'passcodes-were-reset': { code: 0x0b },
	'passcode-index': { code: 0x0c },
	'invalid-key': { code: 0x0d },
	'ekey-expired': { code: 0x0e },
	'passcode-length': { code: 0x0f },
	'passcode-is-delete-code': { code: 0x10 },
	'ekey-not-yet-valid': { code: 0x11 },
	'wrong-aes-key': { code: 0x12 },
	failed: { code: 0x13 },
	'passcode-exists': { code: 0x14 },
	'passcode-not-found': { code: 0x15 },
	'passcodes-full': { code: 0x16 },
	'parameter-length': { code: 0x17 },
	'card-not-found': { code: 0x18 },
	'fingerprint-exists': { code: 0x19 },
	'fingerprint-not-found': { code: 0x1a },
	'invalid-command': { code: 0x1b },
	frozen: { code: 0x1c },
	'invalid-data': { code: 0x1d },
	'dead-bolt': { code: 0x1e },
	'record-not-found': { code: 0x1f },
	'wifi-name': { code: 0x25 },
	'wifi-password': { code: 0x26 }
} as const;
export type ResultName = keyof typeof RESULTS | 'unknown';
/** A reason to refuse that a lock of ours may give. */
export type Refusal = Exclude<keyof typeof RESULTS, 'success'>;

const NAMES = new Map<number | null, ResultName>(
	Object.entries(RESULTS).map(([name, { code }]) => [code, name as ResultName])
);

/** An answer, read: which command it is for, how that went, and what the lock says to it. */
export interface Answer {
	opcode: number;
	result: ResultName;
	/** After the status byte; after the error byte where the lock refused. */
	data: Bytes;
}

/**
 * Plain text of an answer: `opcode ‖ status ‖ data`; status 1 is success, and anything else failure,
 * with the reason in the first byte of data. Null when it is too short to be one.
 */
export function parseAnswer(plain: Uint8Array): Answer | null {
	if (plain.length < 2) return null;
	const [opcode, status] = plain as unknown as [number, number];
	if (status === 1) return { opcode, result: 'success', data: plain.slice(2) as Bytes };
	const code = plain[2];
	const result = code === undefined ? 'failed' : (NAMES.get(code) ?? 'unknown');
	return { opcode, result, data: plain.slice(3) as Bytes };
}

/** Plain text of a success. */
export function successAnswer(opcode: number, data: Uint8Array = new Uint8Array(0)): Bytes {
	return concat(Uint8Array.of(opcode, 1), data);
}

/** Plain text of a refusal. */
export function refusalAnswer(opcode: number, refusal: Refusal): Bytes {
	return Uint8Array.of(opcode, 0, RESULTS[refusal].code);
}

/** Nothing, as most commands are answered; null for anything else. */
export function parseNothing(data: Uint8Array): true | null {
	return data.length === 0 ? true : null;
}

/** The key of a lock that was asked in setting mode. */
export function parseAesKey(data: Bytes): Bytes | null {
	return data.length === 16 ? data : null;
}

/** The vendor's word: a lock has taken its owner. */
export function parseVendorWord(data: Uint8Array): true | null {
	return isVendorWord(data) ? true : null;
}

export function vendorWord(): Bytes {
	return VENDOR.slice();
}

/** psFromLock, u32: fresh for every handshake, good once. */
export function randomData(psFromLock: number): Bytes {
	return bigEndian(psFromLock, 4);
}

export function parseRandom(data: Uint8Array): number | null {
	return data.length === 4 ? readBigEndian(data, 0, 4) : null;
}

/** What the lock says when its bolt has moved. */
export interface Moved {
	/** Percent. */
	battery: number;
	/** Who and when, as its log has it; null from locks that tell their battery alone. */
	record: { uid: number; recordId: number; time: Local } | null;
}

/** `battery`, or `battery ‖ uid u32 ‖ recordId u32 ‖ date6`. */
export function movedData({ battery, record }: Moved): Bytes {
	if (!record) return Uint8Array.of(battery);
	const { uid, recordId, time } = record;
	return concat(
		Uint8Array.of(battery),
		bigEndian(uid, 4),
		bigEndian(recordId, 4),
		dateBytes(time, 6)
	);
}

export function parseMoved(data: Uint8Array): Moved | null {
	if (data.length === 1) return { battery: data[0]!, record: null };
	const time = readDate(data, 9, 6);
	if (data.length !== 15 || time === null) return null;
	const [uid, recordId] = [readBigEndian(data, 1, 4), readBigEndian(data, 5, 4)];
	return { battery: data[0]!, record: { uid, recordId, time } };
}

/** What a lock says of itself: `battery ‖ state`. */
export interface Status {
	battery: number;
	unlocked: boolean;
}

export function statusData({ battery, unlocked }: Status): Bytes {
	return Uint8Array.of(battery, unlocked ? 1 : 0);
}

export function parseStatus(data: Uint8Array): Status | null {
	if (data.length !== 2 || data[1]! > 1) return null;
	return { battery: data[0]!, unlocked: data[1] === 1 };
}

/** `battery ‖ feature words`, 4 bytes each, big-endian; the first holds features 0 to 31. */
export interface Features {
	battery: number;
	words: readonly number[];
}

export function featuresData({ battery, words }: Features): Bytes {
	return concat(Uint8Array.of(battery), ...words.map((word) => bigEndian(word, 4)));
}

export function parseFeatures(data: Uint8Array): Features | null {
	if (data.length < 5 || data.length % 4 !== 1) return null;
	const words: number[] = [];
	for (let at = 1; at < data.length; at += 4) words.push(readBigEndian(data, at, 4));
	return { battery: data[0]!, words };
}

/** date6 */
export function clockData(local: Local): Bytes {
	return dateBytes(local, 6);
}

export function parseClock(data: Uint8Array): Local | null {
	return data.length === 6 ? readDate(data, 0, 6) : null;
}

/** Seconds until the lock locks itself, 0 for never, and what it allows, where it says so. */
export interface AutoLock {
	battery: number;
	seconds: number;
	range: { min: number; max: number } | null;
}

/** `battery ‖ op ‖ seconds u16 ‖ min u16 ‖ max u16`; the last two may be missing. */
export function autoLockData(op: 1 | 2, { battery, seconds, range }: AutoLock): Bytes {
	const limits = range ? [bigEndian(range.min, 2), bigEndian(range.max, 2)] : [];
	return concat(Uint8Array.of(battery, op), bigEndian(seconds, 2), ...limits);
}

export function parseAutoLockAnswer(data: Uint8Array): AutoLock | null {
	if ((data.length !== 4 && data.length !== 8) || !isOp(data[1]!)) return null;
	const range =
		data.length === 4 ? null : { min: readBigEndian(data, 4, 2), max: readBigEndian(data, 6, 2) };
	return { battery: data[0]!, seconds: readBigEndian(data, 2, 2), range };
}

/** `battery ‖ op ‖ value` */
export function switchData(op: 1 | 2, battery: number, on: boolean): Bytes {
	return Uint8Array.of(battery, op, on ? 1 : 0);
}

export function parseSwitchAnswer(data: Uint8Array): { battery: number; on: boolean } | null {
	if (data.length !== 3 || !isOp(data[1]!) || data[2]! > 1) return null;
	return { battery: data[0]!, on: data[2] === 1 };
}

/** `battery ‖ length ‖ ASCII`; empty while none is set. */
export function adminPasscodeData(battery: number, code: string): Bytes {
	return concat(Uint8Array.of(battery, code.length), ascii(code));
}

export function parseAdminPasscode(data: Uint8Array): { battery: number; code: string } | null {
	if (data.length < 2 || data.length !== 2 + data[1]!) return null;
	const code = readAscii(data.subarray(2));
	return /^\d*$/.test(code) ? { battery: data[0]!, code } : null;
}

/** ASCII and one byte that nobody needs. */
export function deviceInfoData(text: string): Bytes {
	return concat(ascii(text), new Uint8Array(1));
}

export function parseDeviceInfo(data: Uint8Array): string | null {
	const text = readAscii(data.subarray(0, -1));
	return data.length > 0 && /^[\x20-\x7e]*$/.test(text) ? text : null;
}

/** An answer that nobody asked for: the lock says by itself how it stands (docs/door-lock.md). */
export type Push =
	| ({ kind: 'status'; flag: number } & Status)
	| ({ kind: 'moved' } & Moved)
	| { kind: 'other'; opcode: number; data: Bytes };

export function parsePush({ opcode, data }: Answer): Push {
	if (opcode === OPCODE.getStatus && data.length === 3) {
		const status = parseStatus(data.subarray(0, 2));
		if (status) return { kind: 'status', ...status, flag: data[2]! };
	}
	const moved = opcode === OPCODE.getStatus && data.length === 15 ? parseMoved(data) : null;
	return moved ? { kind: 'moved', ...moved } : { kind: 'other', opcode, data };
}

function isOp(byte: number): boolean {
	return byte === 1 || byte === 2;
}
