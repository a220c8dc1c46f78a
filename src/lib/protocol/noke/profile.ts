import { readLittleEndian, toHex } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';

/** GATT of Nokē locks and fobs (published mobile libraries). Lower case, as Web Bluetooth gives them. */
export const GATT = {
	service: '1bc50001-0200-d29e-e511-446c609db825',
	/** Phone to lock, write without response. */
	rx: '1bc50002-0200-d29e-e511-446c609db825',
	/** Lock to phone, notify. */
	tx: '1bc50003-0200-d29e-e511-446c609db825',
	/** The session, read once a connection. */
	state: '1bc50004-0200-d29e-e511-446c609db825'
} as const;

/** What a lock in firmware mode advertises instead (Nordic secure DFU; published libraries). */
export const FIRMWARE_SERVICE = '0000fe59-0000-1000-8000-00805f9b34fb';

/** The name a device of this hardware type goes by in firmware mode: `N4I_FW`. */
export function firmwareName(hardwareType: string): string {
	return `N${hardwareType}_FW`;
}

/** Every name of a device of this family begins so. */
export const NAME_PREFIX = 'NOKE';

/** What a lock out of the box answers to: 00 01 … 0f. Public, from the Nokē documents. */
export const DEFAULT_BASE_KEY = '000102030405060708090a0b0c0d0e0f';

/** STATE is 20 bytes; a shorter value is no session. */
export const SESSION_LENGTH = 20;

/**
 * MAC and hardware type out of a device's name, `NOKE4I_F1E2D3C4B5A6`: characters 4..5 and 7..18
 * of exactly 19 (iOS library; in a browser the name is the only source of the MAC).
 * @returns mac upper case with colons, hardwareType upper case
 * @throws ProtocolError `bad-name`
 */
export function parseName(name: string): { mac: string; hardwareType: string } {
	const fields = /^NOKE(\w\w).([0-9A-F]{12})$/i.exec(name);
	if (!fields) throw new ProtocolError('bad-name', 'not the name of a Nokē device');
	return {
		mac: fields[2]!.toUpperCase().match(/../g)!.join(':'),
		hardwareType: fields[1]!.toUpperCase()
	};
}

/** The name a device of this hardware type and MAC advertises: the reverse of `parseName`. */
export function buildName(mac: string, hardwareType: string): string {
	return `${NAME_PREFIX}${hardwareType}_${mac.replaceAll(':', '').toUpperCase()}`;
}

/** Hardware types of locks that people own; a list of names is complete with these. */
const LOCK_TYPES = ['4I', '2I', '3P', '2P', '1P', '2U'];

/**
 * Every name under which the lock of this MAC may advertise, the likeliest first. The hardware type
 * was typed by a person, so a lock must be found also when it is wrong or unknown.
 */
export function namesOf(mac: string, hardwareType?: string): string[] {
	const types = new Set([...(hardwareType === undefined ? [] : [hardwareType]), ...LOCK_TYPES]);
	return [...types].map((type) => buildName(mac, type));
}

/** Whether a device of this name is the lock of this MAC. */
export function isNameOf(name: string, mac: string): boolean {
	try {
		return parseName(name).mac === mac.toUpperCase();
	} catch (cause) {
		if (cause instanceof ProtocolError) return false;
		throw cause;
	}
}

/**
 * The value of STATE: bytes 2..3 battery in millivolts, little-endian; bytes 4..19 random.
 * @param bytes 20 bytes
 * @returns session: all 20 bytes as 40 lower-case hex characters, as the server wants them
 * @throws ProtocolError `bad-length`
 */
export function parseSession(bytes: Uint8Array): { batteryMillivolts: number; session: string } {
	if (bytes.length !== SESSION_LENGTH)
		throw new ProtocolError('bad-length', `a session is 20 bytes, not ${bytes.length}`);
	return { batteryMillivolts: readLittleEndian(bytes, 2, 2), session: toHex(bytes) };
}

/** Percent of a battery in millivolts, 0 to 100, by the formula of the Core API text. */
export function batteryPercent(millivolts: number): number {
	if (millivolts >= 3000) return 100;
	return Math.max(0, Math.round((millivolts - 2800) / 2));
}

/** The seven-step scale of the Core API text: 7 from 3000 mV, 25 mV a step, 1 is the lowest. */
export function batteryScale(millivolts: number): number {
	return Math.min(7, Math.max(1, 7 - Math.ceil((3000 - millivolts) / 25)));
}

/** What a lock is, as far as its hardware type tells; it decides drawings and what it can do. */
export type Kind = 'hd-padlock' | 'u-lock' | 'padlock' | 'fob' | 'other';

/** Kind of a two-character hardware type (device table of the published libraries). */
export function kindOf(hardwareType: string): Kind {
	const type = hardwareType.toUpperCase();
	if (type.includes('I')) return 'hd-padlock';
	if (type.endsWith('U')) return 'u-lock';
	if (type.endsWith('P')) return 'padlock';
	if (type.endsWith('F')) return 'fob';
	return 'other';
}

/** Lock states of the published libraries that occur in advertisements and shutdowns. */
export const LOCK_STATE = { unknown: -1, unlocked: 0, unshackled: 2, locked: 3 } as const;

/** What a device tells without a connection. */
export interface Advertisement {
	setUp: boolean;
	/** `4I-4.25`: hardware type, firmware major and minor in decimal. */
	version: string;
	hardwareType: string;
	firmware: string;
	/** A code of LOCK_STATE, or another code of the libraries as it came. */
	lockState: number;
}

/**
 * Manufacturer data as Web Bluetooth gives it, without the company identifier:
 * byte 0 status (bit 0 set up, bits 7..5 lock state), byte 1 firmware major, byte 2 minor.
 * @throws ProtocolError `bad-name`, `bad-length`
 */
export function parseAdvertisement(name: string, data: Uint8Array): Advertisement {
	const { hardwareType } = parseName(name);
	if (data.length < 3) throw new ProtocolError('bad-length', 'manufacturer data is 3 bytes');
	const [status, major, minor] = data as unknown as [number, number, number];
	const firmware = `${major}.${minor}`;
	return {
		setUp: (status & 1) === 1,
		version: `${hardwareType}-${firmware}`,
		hardwareType,
		firmware,
		lockState: advertisedState(hardwareType, status)
	};
}

/** The reverse of `parseAdvertisement`: three bytes of manufacturer data. */
export function buildAdvertisement(lock: {
	setUp: boolean;
	lockState: number;
	firmware: string;
}): Uint8Array {
	const [major, minor] = lock.firmware.split('.').map(Number);
	return Uint8Array.of((lock.lockState << 5) | (lock.setUp ? 1 : 0), major ?? 0, minor ?? 0);
}

function advertisedState(hardwareType: string, status: number): number {
	switch (kindOf(hardwareType)) {
		case 'hd-padlock':
			return status >> 5;
		case 'u-lock': {
			// The libraries add bits 5 and 6: 0 unlocked, 1 locked, 2 unknown.
			const sum = ((status >> 5) & 1) + ((status >> 6) & 1);
			return [LOCK_STATE.unlocked, LOCK_STATE.locked, LOCK_STATE.unknown][sum]!;
		}
		default:
			// Android reports every other type as locked, whatever the byte says.
			return LOCK_STATE.locked;
	}
}
