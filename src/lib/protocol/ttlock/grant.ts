import { fromBase64, toBase64 } from '../base64.ts';
import { ascii, fromHex, readAscii, toHex, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { crc8, type Header } from './frame.ts';
import type { AdminGrant, OfflineGrant, Validity } from './offline.ts';

/** What a lock in setting mode is asked under, before it has given a key of its own. */
export const DEFAULT_AES_KEY = '987623e8a923a1bb3d9e7d0378124588';

/** What permits one opening. */
export type Grant =
	/** A frame for this connection, from a server that keeps the keys; its answer asks for the next. */
	| { kind: 'online'; packets: readonly Bytes[]; opensAt: number | null }
	| ({ kind: 'offline' } & OfflineGrant);

/**
 * What the open API calls lockData, an opaque string to everyone else: all about a lock that a holder
 * of its keys needs. Fields as the vendor's documents name them (docs/door-lock.md).
 */
export interface LockData {
	lockMac: string;
	lockName: string;
	lockVersion: Header;
	/** 16 hex bytes joined by commas. */
	aesKeyStr: string;
	lockKey: number;
	lockFlagPos: number;
	timezoneRawOffset: number;
	featureValue: string;
	/** Administrators only, as the next two: null for everyone else. */
	adminPwd: number | null;
	noKeyPwd: string | null;
	/** The seed of the random passcodes, hex. Server and administrators. */
	pwdInfo: string | null;
}

/** The string of it: base64 of JSON, ours. */
export function encodeLockData(lock: LockData): string {
	return toBase64(ascii(escapeBeyondAscii(JSON.stringify(lock))));
}

/**
 * The reverse of `encodeLockData`.
 * @throws ProtocolError `bad-field` for any other string
 */
export function parseLockData(text: string): LockData {
	let value: unknown;
	try {
		value = JSON.parse(readText(fromBase64(text)));
	} catch (cause) {
		throw new ProtocolError('bad-field', 'not lockData', { cause });
	}
	if (!isLockData(value)) throw new ProtocolError('bad-field', 'not lockData');
	return knownOf(value);
}

/** What a phone is given for an eKey: no admin number in it. */
export function mintOfflineGrant(lock: LockData, key: Validity & { uid: number }): OfflineGrant {
	return {
		aesKey: lock.aesKeyStr.replaceAll(',', ''),
		lockKey: lock.lockKey,
		lockFlagPos: lock.lockFlagPos,
		lockVersion: lock.lockVersion,
		uid: key.uid,
		timezoneRawOffset: lock.timezoneRawOffset,
		startDate: key.startDate,
		endDate: key.endDate,
		recurrence: key.recurrence
	};
}

/**
 * What an administrator is given.
 * @throws ProtocolError `bad-field` for the lockData of a common user
 */
export function mintAdminGrant(lock: LockData, uid: number): AdminGrant {
	if (lock.adminPwd === null) throw new ProtocolError('bad-field', 'this is no admin’s lockData');
	const permanent = { uid, startDate: 0, endDate: 0, recurrence: null };
	return { ...mintOfflineGrant(lock, permanent), adminPwd: lock.adminPwd };
}

/** A key as the cloud writes it: 16 hex bytes joined by commas. */
export function aesKeyStr(key: Uint8Array): string {
	return toHex(key).match(/../g)!.join(',');
}

/** The reverse of `aesKeyStr`. @throws ProtocolError `bad-hex`, `bad-length` */
export function parseAesKeyStr(text: string): Bytes {
	return fromHex(text.replaceAll(',', ''), 16);
}

const PLAIN_LENGTH = 10;

/**
 * A number as the cloud writes it: each digit XORed with the CRC table's entry for their count and a
 * seed, the seed behind them, all as decimals with commas, in base64 (docs/door-lock.md).
 * @param seed one byte
 */
export function encodeCredential(digits: string, seed: number): string {
	const mask = crc8(Uint8Array.of(digits.length)) ^ seed;
	const masked = [...ascii(digits)].map((byte) => byte ^ mask);
	return toBase64(ascii([...masked, seed].join(',')));
}

/**
 * The reverse of `encodeCredential`; 10 characters and fewer are taken as they are.
 * @throws ProtocolError `bad-field`
 */
export function parseCredential(text: string): string {
	if (text.length <= PLAIN_LENGTH) return text;
	const bytes = readAscii(fromBase64(text)).split(',').map(Number);
	const mask = crc8(Uint8Array.of(bytes.length - 1)) ^ (bytes.pop() ?? NaN);
	const digits = readAscii(Uint8Array.from(bytes, (byte) => byte ^ mask));
	if (!/^\d+$/.test(digits)) throw new ProtocolError('bad-field', 'not a credential');
	return digits;
}

function isLockData(value: unknown): value is LockData {
	if (typeof value !== 'object' || value === null) return false;
	const lock = value as Record<keyof LockData, unknown>;
	const orNull = (field: unknown, type: string) => field === null || typeof field === type;
	return (
		typeof lock.lockMac === 'string' &&
		typeof lock.lockName === 'string' &&
		isHeader(lock.lockVersion) &&
		typeof lock.aesKeyStr === 'string' &&
		/^(?:[0-9a-f]{2},){15}[0-9a-f]{2}$/.test(lock.aesKeyStr) &&
		[lock.lockKey, lock.lockFlagPos, lock.timezoneRawOffset].every(Number.isInteger) &&
		typeof lock.featureValue === 'string' &&
		/^[0-9A-F]*$/.test(lock.featureValue) &&
		orNull(lock.adminPwd, 'number') &&
		orNull(lock.noKeyPwd, 'string') &&
		orNull(lock.pwdInfo, 'string')
	);
}

function isHeader(value: unknown): value is Header {
	if (typeof value !== 'object' || value === null) return false;
	const { protocolType, protocolVersion, scene, groupId, orgId } = value as Header;
	return (
		[protocolType, protocolVersion, scene].every((one) => isWhole(one, 0xff)) &&
		[groupId, orgId].every((one) => isWhole(one, 0xffff))
	);
}

function isWhole(value: unknown, most: number): boolean {
	return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;
}

/** Without what a sender has put beside it: it is kept, and given to every holder. */
function knownOf(lock: LockData): LockData {
	const { protocolType, protocolVersion, scene, groupId, orgId } = lock.lockVersion;
	return {
		lockMac: lock.lockMac,
		lockName: lock.lockName,
		lockVersion: { protocolType, protocolVersion, scene, groupId, orgId },
		aesKeyStr: lock.aesKeyStr,
		lockKey: lock.lockKey,
		lockFlagPos: lock.lockFlagPos,
		timezoneRawOffset: lock.timezoneRawOffset,
		featureValue: lock.featureValue,
		adminPwd: lock.adminPwd,
		noKeyPwd: lock.noKeyPwd,
		pwdInfo: lock.pwdInfo
	};
}

/** A name may hold any letter, base64 of ours takes bytes: JSON can say the rest in ASCII. */
function escapeBeyondAscii(json: string): string {
	return json.replace(/[^\x20-\x7e]/g, (letter) => {
		return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
	});
}

function readText(bytes: Bytes): string {
	let text = '';
	for (const byte of bytes) text += String.fromCharCode(byte);
	return text;
}
