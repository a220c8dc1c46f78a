import type { Bytes } from '../protocol/bytes.ts';
import type { DoorKeyName } from './ekeys.ts';

/** Names one key without a word about its value. */
export interface KeyName {
	mac: string;
	/** 1..100. */
	slot: number;
	/** Which of the keys that the slot was ever given. */
	issue: number;
}

/** This phone, as it holds keys for one person. Times are milliseconds since 1970. */
export interface Device {
	/** Made at random; the server tells the phones of a person apart by it. */
	phone: string;
	/** Whose keys these are: person and company. */
	owner: string;
	/** Made at random with the sealing key: tells this record from one that was wiped meanwhile. */
	born: string;
	/** Seals the keys: AES-GCM, 256 bits, not extractable. */
	sealing: CryptoKey;
	/** How far the server's clock was ahead of this phone's at the last contact. */
	ahead: number;
	/** The highest time ever seen, by the server's clock; before the first contact by the phone's. */
	highest: number;
	/** The server's clock at the last contact; null before the first. */
	contactAt: number | null;
	/** Until when keys open without another contact; null before the first. */
	leaseEnds: number | null;
	/** What the browser answered when it was asked to keep what is stored; null before. */
	persisted: boolean | null;
	/** Keys deleted at the server's word, which it has not been told yet. */
	wiped: KeyName[];
	/** The same of door locks; absent on phones that never had an eKey. */
	wipedDoors?: DoorKeyName[];
}

/** A key as it lies in the store. All but `sealed` may be known to everybody. */
export interface SealedKey extends KeyName {
	/** Generation of the lock's root. */
	generation: number;
	/** `revoked` holds nothing: it says that the server took the key away. */
	state: 'waiting' | 'on-lock' | 'revoked';
	/** By the server's clock: from then on it opens nothing without another contact. */
	notAfter: number;
	/** 12 random bytes, fresh with every sealing. */
	iv: Bytes;
	/** Ciphertext with its tag; empty when the key is gone. */
	sealed: Bytes;
}

/** What may be known of a key. */
export type KeyFacts = Omit<SealedKey, 'iv' | 'sealed'> & {
	/** False when its value is gone: the next contact brings it. */
	held: boolean;
};

/** What may be known of the device. */
export type DeviceFacts = Omit<Device, 'sealing'>;

/** A phone's clock may run back so far, milliseconds, before its keys rest. */
const CLOCK_BACK = 300_000;

/** What a key's record and the clock say about using it now. */
export function judge(
	device: DeviceFacts,
	key: Pick<SealedKey, 'notAfter'>,
	now: number
): 'clock-back' | 'lease-over' | 'usable' {
	const at = now + device.ahead;
	if (at < device.highest - CLOCK_BACK) return 'clock-back';
	return at > key.notAfter ? 'lease-over' : 'usable';
}
