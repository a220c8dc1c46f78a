import { ascii, bigEndian, concat, readAscii, readBigEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { OPCODE, type Command } from './commands.ts';
import { dateBytes, readDate, type Local } from './dates.ts';

/** Type of a passcode at the lock; **not** the numbers of the open API (docs/door-lock.md). */
export const PASSCODE_TYPE = { permanent: 1, once: 2, period: 3, cyclic: 4 } as const;
export type PasscodeType = keyof typeof PASSCODE_TYPE;

/** Custom passcodes that one lock holds (docs/door-lock.md section 3). */
export const CUSTOM_CAPACITY = 250;

const OP = { clear: 1, add: 2, remove: 3, change: 5 } as const;

/** What a lock is told to do with its passcodes. A permanent one has a start and no end. */
export type PasscodeWrite =
	| { op: 'clear' }
	| { op: 'add'; type: PasscodeType; code: string; start: Local; end: Local | null }
	| { op: 'remove'; type: PasscodeType; code: string }
	| {
			op: 'change';
			type: PasscodeType;
			code: string;
			newCode: string;
			start: Local;
			end: Local;
	  };

/**
 * `op ‖ …` with codes as length and ASCII digits, dates as date5:
 * clear `01`; add `02 type code start [end unless permanent]`; remove `03 type code`;
 * change `05 type code new-code start end`.
 * @throws ProtocolError `bad-field` unless codes have 4 to 9 digits and an end is there where it must
 */
export function writePasscode(write: PasscodeWrite): Command {
	return { opcode: OPCODE.passcode, data: writeBytes(write) };
}

function writeBytes(write: PasscodeWrite): Bytes {
	if (write.op === 'clear') return Uint8Array.of(OP.clear);
	const head = concat(
		Uint8Array.of(OP[write.op], PASSCODE_TYPE[write.type]),
		codeBytes(write.code)
	);
	if (write.op === 'remove') return head;
	const start = dateBytes(write.start, 5);
	if (write.op === 'change')
		return concat(head, codeBytes(write.newCode), start, dateBytes(write.end, 5));
	if (write.type === 'permanent') return concat(head, start);
	if (write.end === null) throw new ProtocolError('bad-field', 'this passcode needs an end');
	return concat(head, start, dateBytes(write.end, 5));
}

/** The reverse of `writePasscode`, or null. */
export function parseWritePasscode(data: Uint8Array): PasscodeWrite | null {
	if (data[0] === OP.clear) return data.length === 1 ? { op: 'clear' } : null;
	const type = typeOf(data[1]);
	const code = readCode(data, 2);
	if (!type || code === null) return null;
	const after = 3 + code.length;
	if (data[0] === OP.remove) return after === data.length ? { op: 'remove', type, code } : null;
	if (data[0] === OP.change) {
		const newCode = readCode(data, after);
		if (newCode === null) return null;
		const dates = readDates(data, after + 1 + newCode.length, 2);
		return dates && { op: 'change', type, code, newCode, start: dates[0]!, end: dates[1]! };
	}
	if (data[0] !== OP.add) return null;
	const dates = readDates(data, after, type === 'permanent' ? 1 : 2);
	return dates && { op: 'add', type, code, start: dates[0]!, end: dates[1] ?? null };
}

/** The answer to a write: `battery ‖ op`. */
export function passcodeData(battery: number, op: PasscodeWrite['op']): Bytes {
	return Uint8Array.of(battery, OP[op]);
}

/** Null for the answer to another write than this. */
export function parsePasscodeAnswer(
	data: Uint8Array,
	op: PasscodeWrite['op']
): { battery: number } | null {
	return data.length === 2 && data[1] === OP[op] ? { battery: data[0]! } : null;
}

/** Asks for the passcodes from this place on, u16; the first page is 0. */
export function listPasscodes(sequence: number): Command {
	return { opcode: OPCODE.listPasscodes, data: bigEndian(sequence, 2) };
}

export function parseListPasscodes(data: Uint8Array): number | null {
	return data.length === 2 ? readBigEndian(data, 0, 2) : null;
}

/** A passcode as a lock lists it. */
export interface StoredPasscode {
	type: PasscodeType;
	code: string;
	/** As it was before it was changed. */
	original: string;
	start: Local;
	/** Null for permanent and cyclic ones. */
	end: Local | null;
	/** The two bytes of a cyclic one, whose meaning is the maker's own. */
	cycle: number | null;
}

/** A page of them. */
export interface PasscodePage {
	/** Where the next page begins; null after the last. */
	next: number | null;
	passcodes: readonly StoredPasscode[];
}

const LAST = 0xffff;

/**
 * `total u16 ‖ next i16 (-1: none) ‖ records`; total counts what follows it. A record is
 * `length ‖ type ‖ code ‖ original code ‖ start date5 ‖ (end date5 | cycle u16 | nothing)`.
 */
export function passcodePage({ next, passcodes }: PasscodePage): Bytes {
	const records = passcodes.map((passcode) => {
		const { type, code, original, start, end, cycle } = passcode;
		const body = concat(
			Uint8Array.of(PASSCODE_TYPE[type]),
			codeBytes(code),
			codeBytes(original),
			dateBytes(start, 5),
			end === null ? new Uint8Array(0) : dateBytes(end, 5),
			cycle === null ? new Uint8Array(0) : bigEndian(cycle, 2)
		);
		return concat(Uint8Array.of(body.length), body);
	});
	const body = concat(bigEndian(next ?? LAST, 2), ...records);
	return concat(bigEndian(body.length, 2), body);
}

/** The reverse of `passcodePage`; an empty store may be told as total 0 alone. */
export function parsePasscodePage(data: Uint8Array): PasscodePage | null {
	if (data.length < 2 || readBigEndian(data, 0, 2) !== data.length - 2) return null;
	if (data.length === 2) return { next: null, passcodes: [] };
	if (data.length < 4) return null;
	const next = readBigEndian(data, 2, 2);
	const passcodes: StoredPasscode[] = [];
	for (let at = 4; at < data.length;) {
		const end = at + 1 + data[at]!;
		const passcode = end <= data.length ? readStored(data.subarray(at + 1, end)) : null;
		if (!passcode) return null;
		passcodes.push(passcode);
		at = end;
	}
	return { next: next === LAST ? null : next, passcodes };
}

function readStored(record: Uint8Array): StoredPasscode | null {
	const type = typeOf(record[0]);
	const code = readCode(record, 1);
	if (!type || code === null) return null;
	const original = readCode(record, 2 + code.length);
	if (original === null) return null;
	const at = 3 + code.length + original.length;
	if (type === 'cyclic') {
		const start = readDate(record, at, 5);
		if (start === null || record.length !== at + 7) return null;
		return { type, code, original, start, end: null, cycle: readBigEndian(record, at + 5, 2) };
	}
	const dates = readDates(record, at, type === 'permanent' ? 1 : 2);
	return dates && { type, code, original, start: dates[0]!, end: dates[1] ?? null, cycle: null };
}

function typeOf(number: number | undefined): PasscodeType | undefined {
	const found = Object.entries(PASSCODE_TYPE).find(([, value]) => value === number);
	return found?.[0] as PasscodeType | undefined;
}

function codeBytes(code: string): Bytes {
	if (!/^\d{4,9}$/.test(code)) throw new ProtocolError('bad-field', 'a passcode is 4 to 9 digits');
	return concat(Uint8Array.of(code.length), ascii(code));
}

function readCode(bytes: Uint8Array, at: number): string | null {
	const length = bytes[at];
	if (length === undefined || at + 1 + length > bytes.length) return null;
	const code = readAscii(bytes.subarray(at + 1, at + 1 + length));
	return /^\d{4,9}$/.test(code) ? code : null;
}

/** Exactly so many dates at the end of the bytes. */
function readDates(bytes: Uint8Array, at: number, count: number): Local[] | null {
	if (bytes.length !== at + 5 * count) return null;
	const dates: Local[] = [];
	for (let i = 0; i < count; i++) {
		const date = readDate(bytes, at + 5 * i, 5);
		if (date === null) return null;
		dates.push(date);
	}
	return dates;
}
