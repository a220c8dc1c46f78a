import { bigEndian, concat, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';

/** GATT of V3 locks (docs/door-lock.md). Lower case, as Web Bluetooth gives them. */
export const GATT = {
	service: '00001910-0000-1000-8000-00805f9b34fb',
	/** Phone to lock, write without response. */
	rx: '0000fff2-0000-1000-8000-00805f9b34fb',
	/** Lock to phone, notify. */
	tx: '0000fff4-0000-1000-8000-00805f9b34fb'
} as const;

/**
 * What the company identifier of every V3 advertisement reads as: these locks put type 5 and
 * version 3 where the standard wants an assigned number.
 */
export const COMPANY_ID = 0x0305;

/**
 * Model and the end of the MAC out of a name, `M101T_d83b32` of a lock whose MAC ends in 32:3B:D8.
 * @returns macEnd upper case with colons, hardwareType as it stands
 * @throws ProtocolError `bad-name`
 */
export function parseName(name: string): { macEnd: string; hardwareType: string } {
	const fields = /^(.+)_([0-9A-F]{6})$/i.exec(name);
	if (!fields) throw new ProtocolError('bad-name', 'not the name of a TTLock device');
	const reversed = fields[2]!.toUpperCase().match(/../g)!;
	return { macEnd: reversed.reverse().join(':'), hardwareType: fields[1]! };
}

/** The name under which a lock of this model and MAC advertises: the reverse of `parseName`. */
export function buildName(mac: string, hardwareType: string): string {
	const end = mac.split(':').slice(3).reverse().join('');
	return `${hardwareType}_${end.toLowerCase()}`;
}

/** Every name under which the lock of this MAC may advertise: none when its model is unknown. */
export function namesOf(mac: string, hardwareType?: string): string[] {
	return hardwareType === undefined ? [] : [buildName(mac, hardwareType)];
}

/** Whether a device of this name can be the lock of this MAC. Proof is what its key opens. */
export function isNameOf(name: string, mac: string): boolean {
	try {
		return mac.toUpperCase().endsWith(parseName(name).macEnd);
	} catch (cause) {
		if (cause instanceof ProtocolError) return false;
		throw cause;
	}
}

/** What a lock is, as far as its scene tells; it decides drawings and what it can do. */
export type Kind =
	'door-lock' | 'glass-door' | 'safe' | 'bicycle' | 'parking' | 'padlock' | 'cylinder' | 'other';

const KINDS: Readonly<Record<number, Kind>> = {
	0: 'door-lock',
	1: 'door-lock',
	2: 'door-lock',
	3: 'door-lock',
	4: 'glass-door',
	5: 'safe',
	6: 'bicycle',
	7: 'parking',
	8: 'padlock',
	9: 'cylinder',
	11: 'safe'
};

/** Kind of an advertised scene (docs/door-lock.md). */
export function kindOf(scene: number): Kind {
	return KINDS[scene] ?? 'other';
}

/** Lock states, as status answers number them. */
export const LOCK_STATE = { unknown: -1, locked: 0, unlocked: 1 } as const;

/** What a lock tells without a connection. */
export interface Advertisement {
	protocolType: number;
	protocolVersion: number;
	scene: number;
	/** False for families that advertise no flags: the three below say nothing then. */
	stateful: boolean;
	unlocked: boolean;
	hasNewRecords: boolean;
	/** Not paired: it takes a first owner. */
	settingMode: boolean;
	/** Somebody has just touched its keypad. */
	touched: boolean;
	/** Percent. */
	battery: number;
	/** Upper case with colons. */
	mac: string;
	/** A lock, or one waiting for firmware, or a wristband in its place. */
	role: 'lock' | 'firmware-update' | 'wristband';
}

const FLAG = { unlocked: 1, hasNewRecords: 2, settingMode: 4, touched: 8 } as const;
const SHORTEST = 15;

/**
 * Manufacturer data as Web Bluetooth gives it. With the company identifier put back in front, low
 * byte first: type, version, scene, flags, battery, unknown bytes, MAC reversed in the last six.
 * Families other than V3 begin four bytes later and have one more before the scene.
 * @throws ProtocolError `bad-length`
 */
export function parseAdvertisement(companyId: number, data: Uint8Array): Advertisement {
	const bytes = concat(Uint8Array.of(companyId & 0xff, companyId >> 8), data);
	if (bytes.length < SHORTEST)
		throw new ProtocolError('bad-length', 'manufacturer data of a lock is 13 bytes or more');
	const isV3 = bytes[0] === 5 && bytes[1] === 3;
	const [type, scene] = isV3 ? [0, 2] : [4, 7];
	const protocolType = bytes[type]!;
	const protocolVersion = bytes[type + 1]!;
	const stateful = protocolType >= 5 && !(protocolType === 5 && protocolVersion === 1);
	const flags = stateful ? bytes[scene + 1]! : 0;
	return {
		protocolType,
		protocolVersion,
		scene: bytes[scene]!,
		stateful,
		unlocked: (flags & FLAG.unlocked) !== 0,
		hasNewRecords: (flags & FLAG.hasNewRecords) !== 0,
		settingMode: (flags & FLAG.settingMode) !== 0,
		touched: (flags & FLAG.touched) !== 0,
		battery: bytes[scene + 2]!,
		mac: [...bytes.subarray(-6)].reverse().map(hexPair).join(':'),
		role: roleOf(bytes[0]!, bytes[1]!)
	};
}

/** The reverse of `parseAdvertisement` for V3: 13 bytes after the company identifier. */
export function buildAdvertisement(
	lock: Omit<Advertisement, 'protocolType' | 'protocolVersion' | 'stateful' | 'role'>
): Bytes {
	let flags = 0;
	for (const [name, bit] of Object.entries(FLAG)) if (lock[name as keyof typeof FLAG]) flags |= bit;
	const mac = parseInt(lock.mac.replaceAll(':', ''), 16);
	const head = Uint8Array.of(lock.scene, flags, Math.round(lock.battery));
	return concat(head, new Uint8Array(4), bigEndian(mac, 6).reverse());
}

function roleOf(first: number, second: number): Advertisement['role'] {
	if ((first === 18 && second === 25) || (first === 0xff && second === 0xff))
		return 'firmware-update';
	return first === 52 && second === 18 ? 'wristband' : 'lock';
}

function hexPair(byte: number): string {
	return byte.toString(16).padStart(2, '0').toUpperCase();
}
