import { concat, littleEndian, readLittleEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { OPCODE, type Command } from './commands.ts';
import { zero } from './writes.ts';

/** Positions 1..100 of a lock's quick clicks (the Core API text: at most 100 codes a lock). */
export const QUICK_CLICKS = 100;

/** `uses` of a quick click that is never used up. */
export const UNLIMITED = 255;

/** Presses a code may have (Core API text). */
export const PRESSES = { least: 3, most: 24 } as const;

const CODE = /^[01]{3,24}$/;

/** What a position is to hold. */
export interface QuickClick {
	/** 3 to 24 characters in the order of the presses: `1` is a long one, `0` a short one. */
	code: string;
	/** Openings from now on: 1..254, or 255 for unlimited. */
	uses: number;
	/** Not more uses than the lock has left for the same code, if it counts them. */
	capped: boolean;
}

/**
 * Gives a position a code: `length ‖ presses u24 ‖ uses ‖ flags (bit 0: capped) ‖ 10 zero bytes`.
 * Bit i of the presses is press i, the first is bit 0. Staged.
 * @throws ProtocolError `bad-field` for another code
 */
export function setQuickClick(position: number, { code, uses, capped }: QuickClick): Command {
	const flags = Uint8Array.of(uses, capped ? 1 : 0);
	const data = concat(codeBytes(code), flags, new Uint8Array(10));
	return { opcode: OPCODE.setQuickClick, argument: position, data };
}

/** What the position is to hold, or null when a field is out of range or a reserved bit is not zero. */
export function parseSetQuickClick({ argument, data }: Command): QuickClick | null {
	if (argument < 1 || argument > QUICK_CLICKS || data.length !== 16 || !zero(data, 6)) return null;
	const code = parseCode(data);
	const [uses, flags] = [data[4]!, data[5]!];
	if (code === null || uses === 0 || flags > 1) return null;
	return { code, uses, capped: flags === 1 };
}

/** Empties a position, or with 0 all of them. Staged. */
export function clearQuickClick(position: number): Command {
	return { opcode: OPCODE.clearQuickClick, argument: position, data: new Uint8Array(0) };
}

/** Asks for the uses left of every quick click that counts them; opens nothing. */
export function getQuickClicks(): Command {
	return { opcode: OPCODE.getQuickClicks, argument: 0, data: new Uint8Array(0) };
}

/** How a quick click stands on the lock. */
export interface QuickClickLeft {
	position: number;
	/** 0..254. */
	uses: number;
	code: string;
	/** Counter of the lock's newest record: every opening up to it is counted in `uses`. */
	counter: number;
}

/** Body of type 77: `position ‖ uses ‖ length ‖ presses u24 ‖ counter u24`. */
export function quickClickBody({ position, uses, code, counter }: QuickClickLeft): Bytes {
	return concat(Uint8Array.of(position, uses), codeBytes(code), littleEndian(counter, 3));
}

/** The reverse of `quickClickBody`; null when the bytes are no code. */
export function parseQuickClick(body: Uint8Array): QuickClickLeft | null {
	if (body.length !== 9) return null;
	const code = parseCode(body.subarray(2));
	if (code === null) return null;
	const [position, uses] = [body[0]!, body[1]!];
	return { position, uses, code, counter: readLittleEndian(body, 6, 3) };
}

/** `length ‖ presses u24`: four bytes. */
function codeBytes(code: string): Bytes {
	if (!CODE.test(code))
		throw new ProtocolError('bad-field', 'a code is 3 to 24 characters 0 and 1');
	const presses = [...code].reduce((bits, press, i) => bits + Number(press) * 2 ** i, 0);
	return concat(Uint8Array.of(code.length), littleEndian(presses, 3));
}

/** The code in the first four bytes, or null when the length or a bit beyond it is wrong. */
function parseCode(bytes: Uint8Array): string | null {
	const length = bytes[0]!;
	const presses = readLittleEndian(bytes, 1, 3);
	if (length < PRESSES.least || length > PRESSES.most || presses >= 2 ** length) return null;
	return Array.from({ length }, (_, i) => (presses >> i) & 1).join('');
}
