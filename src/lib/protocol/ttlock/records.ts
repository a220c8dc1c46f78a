import {
	ascii,
	bigEndian,
	concat,
	readAscii,
	readBigEndian,
	toHex,
	fromHex,
	type Bytes
} from '../bytes.ts';
import { dateBytes, readDate, type Local } from './dates.ts';

/** What a lock writes into its log: its own numbers (docs/door-lock.md), as far as named there. */
export const RECORD_ACTION = {
	/** by a phone */
	unlocked: 1,
	unlockedByPasscode: 4,
	passcodeChanged: 5,
	passcodeRemoved: 6,
	wrongPasscode: 7,
	passcodesCleared: 8,
	passcodePushedOut: 9,
	deleteCodeUsed: 10,
	passcodeExpired: 11,
	passcodesFull: 12,
	passcodeBlacklisted: 13,
	startUp: 14,
	unlockedByCard: 17,
	unlockedByFingerprint: 20,
	locked: 26,
	unlockedByKey: 27,
	unlockedByGateway: 28,
	forced: 29,
	unlockedFromInside: 32,
	lockedByPasscode: 34,
	lockedByKey: 36,
	remoteControl: 37,
	passcodeBehindDeadBolt: 38,
	refusedByDeadBolt: 41,
	tampered: 44,
	autoLocked: 45,
	unlockedByButton: 46,
	lockedByButton: 47,
	lockedOut: 48,
	fobUsed: 55
} as const;

/** Who or what was behind it. */
export type RecordDetail =
	| { kind: 'none' }
	/** A holder's app, or a remote control with its key. */
	| { kind: 'key'; uid: number; recordId: number; keyId: number | null }
	/** A working code in clear: handle logs as secrets. */
	| { kind: 'passcode'; code: string; newCode: string | null }
	| { kind: 'cleared'; at: Local }
	/** Card or fingerprint, in hex. */
	| { kind: 'number'; number: string }
	| { kind: 'sensor'; battery: number }
	/** @property mac upper case with colons; keyId in hex */
	| { kind: 'fob'; mac: string; keyId: string; battery: number }
	/** Of an action, or a form, that is not public. */
	| { kind: 'other'; bytes: Bytes };

/** One record of the lock's log. */
export interface LogRecord {
	action: number;
	time: Local;
	/** Percent, after it happened. */
	battery: number;
	detail: RecordDetail;
}

const KEYS = [1, 26, 28, 41, 52, 75, 76];
const KEYS_WITH_ID = 37;
const CODE_PAIRS = [4, 5, 6, 9, 10, 11, 12, 13, 34, 38];
const CARDS = [15, 17, 18, 25, 35, 39];
const FINGERS = [20, 21, 22, 23, 33, 40];
const SENSORS = [30, 31];
const BARE = [14, 16, 24, 27, 29, 32, 36, 42, 43, 44, 45, 46, 47, 48];

/** `length ‖ action ‖ date6 ‖ battery ‖ detail`; length counts what follows it. */
export function recordBody(record: LogRecord): Bytes {
	const detail = detailBytes(record.detail);
	const body = concat(
		Uint8Array.of(record.action),
		dateBytes(record.time, 6),
		Uint8Array.of(record.battery),
		detail
	);
	return concat(Uint8Array.of(body.length), body);
}

/**
 * The reverse of `recordBody`, without the length. A record of an unknown action keeps its bytes; one
 * of a known action in another form does so unless `strict`.
 */
export function parseRecord(body: Uint8Array, strict = false): LogRecord | null {
	const time = readDate(body, 1, 6);
	if (time === null || body.length < 8) return null;
	const [action, battery] = [body[0]!, body[7]!];
	const bytes = body.slice(8) as Bytes;
	const known = readDetail(action, bytes);
	if (known === null && strict) return null;
	return { action, time, battery, detail: known ?? { kind: 'other', bytes } };
}

/** A page of the log. */
export interface LogPage {
	/** The cursor behind these records; null at the end of the log. */
	next: number | null;
	records: readonly LogRecord[];
}

/** `total u16 ‖ next u16 ‖ records`; total counts what follows it, and is 0 at the end of the log. */
export function logPage({ next, records }: LogPage): Bytes {
	if (next === null) return new Uint8Array(2);
	const body = concat(bigEndian(next, 2), ...records.map(recordBody));
	return concat(bigEndian(body.length, 2), body);
}

/** The reverse of `logPage`. @param strict see `parseRecord` */
export function parseLogPage(data: Uint8Array, strict = false): LogPage | null {
	if (data.length < 2 || readBigEndian(data, 0, 2) !== data.length - 2) return null;
	if (data.length === 2) return { next: null, records: [] };
	if (data.length < 4) return null;
	const records: LogRecord[] = [];
	for (let at = 4; at < data.length;) {
		const end = at + 1 + data[at]!;
		const record = end <= data.length ? parseRecord(data.subarray(at + 1, end), strict) : null;
		if (!record) return null;
		records.push(record);
		at = end;
	}
	return { next: readBigEndian(data, 2, 2), records };
}

function detailBytes(detail: RecordDetail): Bytes {
	switch (detail.kind) {
		case 'none':
			return new Uint8Array(0);
		case 'key': {
			const keyId = detail.keyId === null ? new Uint8Array(0) : bigEndian(detail.keyId, 4);
			return concat(bigEndian(detail.uid, 4), bigEndian(detail.recordId, 4), keyId);
		}
		case 'passcode': {
			const newCode = detail.newCode === null ? new Uint8Array(0) : codeBytes(detail.newCode);
			return concat(codeBytes(detail.code), newCode);
		}
		case 'cleared':
			return dateBytes(detail.at, 5);
		case 'number':
			return fromHex(detail.number);
		case 'sensor':
			return Uint8Array.of(detail.battery);
		case 'fob': {
			const mac = fromHex(detail.mac.replaceAll(':', '')).reverse();
			return concat(mac, fromHex(detail.keyId), Uint8Array.of(detail.battery));
		}
		case 'other':
			return detail.bytes;
	}
}

/** The detail of a known action in its known form; null for a known action in another form. */
function readDetail(action: number, bytes: Bytes): RecordDetail | null {
	if (BARE.includes(action)) return bytes.length === 0 ? { kind: 'none' } : null;
	if (KEYS.includes(action) || action === KEYS_WITH_ID) return readKey(action, bytes);
	if (CODE_PAIRS.includes(action) || action === RECORD_ACTION.wrongPasscode)
		return readCodes(action, bytes);
	if (action === RECORD_ACTION.passcodesCleared) {
		const at = bytes.length === 5 ? readDate(bytes, 0, 5) : null;
		return at === null ? null : { kind: 'cleared', at };
	}
	if (CARDS.includes(action) || FINGERS.includes(action)) {
		const fits = CARDS.includes(action) ? [4, 8] : [6];
		return fits.includes(bytes.length) ? { kind: 'number', number: toHex(bytes) } : null;
	}
	if (SENSORS.includes(action))
		return bytes.length === 1 ? { kind: 'sensor', battery: bytes[0]! } : null;
	if (action === RECORD_ACTION.fobUsed) {
		if (bytes.length < 8) return null;
		const mac = toHex(bytes.slice(0, 6).reverse()).toUpperCase().match(/../g)!.join(':');
		return { kind: 'fob', mac, keyId: toHex(bytes.subarray(6, -1)), battery: bytes.at(-1)! };
	}
	return { kind: 'other', bytes };
}

function readKey(action: number, bytes: Bytes): RecordDetail | null {
	const withId = action === KEYS_WITH_ID;
	if (bytes.length !== (withId ? 12 : 8)) return null;
	const keyId = withId ? readBigEndian(bytes, 8, 4) : null;
	return {
		kind: 'key',
		uid: readBigEndian(bytes, 0, 4),
		recordId: readBigEndian(bytes, 4, 4),
		keyId
	};
}

function readCodes(action: number, bytes: Bytes): RecordDetail | null {
	const code = readCode(bytes, 0);
	if (code === null) return null;
	const at = 1 + code.length;
	if (action === RECORD_ACTION.wrongPasscode)
		return at === bytes.length ? { kind: 'passcode', code, newCode: null } : null;
	const newCode = readCode(bytes, at);
	if (newCode === null || at + 1 + newCode.length !== bytes.length) return null;
	return { kind: 'passcode', code, newCode };
}

function codeBytes(code: string): Bytes {
	return concat(Uint8Array.of(code.length), ascii(code));
}

function readCode(bytes: Uint8Array, at: number): string | null {
	const length = bytes[at];
	if (length === undefined || at + 1 + length > bytes.length) return null;
	const code = readAscii(bytes.subarray(at + 1, at + 1 + length));
	return /^\d*$/.test(code) ? code : null;
}
