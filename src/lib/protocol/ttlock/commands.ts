import { ascii, bigEndian, concat, equal, readBigEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { dateBytes, readDate, type Local } from './dates.ts';

/** Opcodes (docs/door-lock.md). Of those after `fingerprint` only the numbers are public. */
export const OPCODE = {
	getFeatures: 0x01,
	passcode: 0x03,
	listPasscodes: 0x07,
	getStatus: 0x14,
	getAesKey: 0x19,
	getLogs: 0x25,
	checkRandom: 0x30,
	setPasscodeSeed: 0x31,
	getClock: 0x34,
	autoLock: 0x36,
	remoteUnlock: 0x37,
	checkAdmin: 0x41,
	setClock: 0x43,
	greet: 0x45,
	unlock: 0x47,
	reset: 0x52,
	setAdminPasscode: 0x53,
	checkUserTime: 0x55,
	addAdmin: 0x56,
	finishPairing: 0x57,
	lock: 0x58,
	sound: 0x62,
	getAdminPasscode: 0x65,
	passageMode: 0x66,
	getDeviceInfo: 0x90,
	card: 0x05,
	fingerprint: 0x06,
	freeze: 0x61,
	remoteControl: 0x63,
	lamp: 0x67,
	switches: 0x68,
	deadLock: 0x69,
	cyclic: 0x70,
	accessoryBattery: 0x74
} as const;

/** What a command says, apart from the key it comes under. */
export interface Command {
	opcode: number;
	/** Of any length that fits a frame; empty where nothing is said. */
	data: Bytes;
}

/** The word by which both sides know that the right key opened a frame. */
export const VENDOR = ascii('SCIENER');

const NOTHING = new Uint8Array(0);

/** Opens a pairing. Its answer is 16 bytes that no known key opens. */
export function greet(): Command {
	return { opcode: OPCODE.greet, data: NOTHING };
}

/** Asks a lock in setting mode for its key; under the factory key, as its answer is. */
export function getAesKey(): Command {
	return { opcode: OPCODE.getAesKey, data: VENDOR.slice() };
}

/** Whether a command carries the vendor's word. */
export function isVendorWord(data: Uint8Array): boolean {
	return equal(data, VENDOR);
}

/** What makes a phone the owner of a lock, with the AES key. Both for ever, and never zero. */
export interface OwnerNumbers {
	/** Below 10^9: what the vendor's app makes. */
	adminPs: number;
	unlockKey: number;
}

/**
 * Takes a lock in setting mode: `adminPs u32 ‖ unlockKey u32 ‖ SCIENER`.
 * @throws ProtocolError `bad-field` for numbers outside 1..10^9-1
 */
export function addAdmin({ adminPs, unlockKey }: OwnerNumbers): Command {
	for (const number of [adminPs, unlockKey])
		if (!(Number.isInteger(number) && number > 0 && number < 1e9))
			throw new ProtocolError('bad-field', 'an owner’s number is 1..999999999');
	const data = concat(bigEndian(adminPs, 4), bigEndian(unlockKey, 4), VENDOR);
	return { opcode: OPCODE.addAdmin, data };
}

/** The reverse of `addAdmin`; null when length or word is wrong, or a number is zero. */
export function parseAddAdmin(data: Uint8Array): OwnerNumbers | null {
	if (data.length !== 15 || !isVendorWord(data.subarray(8))) return null;
	const [adminPs, unlockKey] = [readBigEndian(data, 0, 4), readBigEndian(data, 4, 4)];
	return adminPs === 0 || unlockKey === 0 ? null : { adminPs, unlockKey };
}

/** Ends a pairing. */
export function finishPairing(): Command {
	return { opcode: OPCODE.finishPairing, data: NOTHING };
}

/** Who asks, and for which generation of keys. */
export interface Asker {
	/** Raised by every reset of the lock's eKeys; an older one is refused. */
	lockFlagPos: number;
	/** Comes back in the lock's log. */
	uid: number;
}

/**
 * An owner asks for the lock's random number: `adminPs u32 ‖ lockFlagPos u24 ‖ uid u32`.
 * @throws ProtocolError `bad-field`
 */
export function checkAdmin(adminPs: number, asker: Asker): Command {
	return { opcode: OPCODE.checkAdmin, data: concat(u32(adminPs), askerBytes(asker)) };
}

export function parseCheckAdmin(data: Uint8Array): ({ adminPs: number } & Asker) | null {
	if (data.length !== 11) return null;
	return { adminPs: readBigEndian(data, 0, 4), ...readAsker(data, 4) };
}

/** The window that a holder says their key has, both ends included, on the lock's clock. */
export interface Window {
	start: Local;
	end: Local;
}

/**
 * A holder asks for the lock's random number: `start date5 ‖ end date5 ‖ lockFlagPos u24 ‖ uid u32`.
 * @throws ProtocolError `bad-field`
 */
export function checkUserTime({ start, end }: Window, asker: Asker): Command {
	const data = concat(dateBytes(start, 5), dateBytes(end, 5), askerBytes(asker));
	return { opcode: OPCODE.checkUserTime, data };
}

export function parseCheckUserTime(data: Uint8Array): (Window & Asker) | null {
	const [start, end] = [readDate(data, 0, 5), readDate(data, 5, 5)];
	if (data.length !== 17 || start === null || end === null) return null;
	return { start, end, ...readAsker(data, 10) };
}

/** What proves the unlock key: the lock's random number plus it, mod 2^32. */
export function sumOf(psFromLock: number, unlockKey: number): number {
	return (psFromLock + unlockKey) % 2 ** 32;
}

/** Ends an owner's handshake: from here on this connection may do everything. */
export function checkRandom(sum: number): Command {
	return { opcode: OPCODE.checkRandom, data: u32(sum) };
}

export function parseCheckRandom(data: Uint8Array): number | null {
	return data.length === 4 ? readBigEndian(data, 0, 4) : null;
}

function askerBytes({ lockFlagPos, uid }: Asker): Bytes {
	if (!(Number.isInteger(lockFlagPos) && lockFlagPos >= 0 && lockFlagPos < 2 ** 24))
		throw new ProtocolError('bad-field', 'lockFlagPos is 24 bits');
	return concat(bigEndian(lockFlagPos, 3), u32(uid));
}

function readAsker(data: Uint8Array, at: number): Asker {
	return { lockFlagPos: readBigEndian(data, at, 3), uid: readBigEndian(data, at + 3, 4) };
}

function u32(value: number): Bytes {
	if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 32))
		throw new ProtocolError('bad-field', 'not a number of 32 bits');
	return bigEndian(value, 4);
}
