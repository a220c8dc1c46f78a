import { ascii, concat, type Bytes } from '../protocol/bytes.ts';
import { VaultError } from './store.ts';
import type { Device, SealedKey } from './keys.ts';

const IV_LENGTH = 12;
const KEY_LENGTH = 16;
const GRANT_LENGTH = 36;

/** What opens a lock without network: 16 bytes of key, 20 of command, one after the other. */
export type Grant = Bytes;

/** The two parts of a grant, as views of it. @throws VaultError `unavailable` for another length */
export function partsOf(grant: Grant): { key: Bytes; command: Bytes } {
	if (grant.length !== GRANT_LENGTH) throw new VaultError('unavailable', 'not a grant');
	return { key: grant.subarray(0, KEY_LENGTH), command: grant.subarray(KEY_LENGTH) };
}

/** A new key to seal with, which no script can read. */
export function makeSealingKey(): Promise<CryptoKey> {
	return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Ciphertext. */
export interface Box {
	/** 12 random bytes, fresh with every sealing. */
	iv: Bytes;
	/** With its tag. */
	sealed: Bytes;
}

/** Seals bytes so that they open with this key and this binding alone. */
export async function sealBytes(key: CryptoKey, binding: Bytes, plain: Bytes): Promise<Box> {
	const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
	const box = { name: 'AES-GCM', iv, additionalData: binding };
	return { iv, sealed: new Uint8Array(await crypto.subtle.encrypt(box, key, plain)) };
}

/** What was sealed, for the caller to fill with zeros; null under another key or binding. */
export async function unsealBytes(
	key: CryptoKey,
	binding: Bytes,
	{ iv, sealed }: Box
): Promise<Bytes | null> {
	const box = { name: 'AES-GCM', iv, additionalData: binding };
	try {
		return new Uint8Array(await crypto.subtle.decrypt(box, key, sealed));
	} catch {
		return null;
	}
}

type Holder = Pick<Device, 'phone' | 'sealing'>;
type Bound = Omit<SealedKey, 'iv' | 'sealed' | 'state'>;

/** Seals a grant to one phone, lock, slot, issue, generation and end. */
export function seal({ phone, sealing }: Holder, bound: Bound, grant: Grant): Promise<Box> {
	return sealBytes(sealing, bindingOf(phone, bound), grant);
}

/**
 * The grant in a record, or null when the record is not the one that was sealed for this phone. The
 * caller fills the grant with zeros after its use.
 */
export function unseal(
	{ phone, sealing }: Holder,
	record: Omit<SealedKey, 'state'>
): Promise<Grant | null> {
	return unsealBytes(sealing, bindingOf(phone, record), record);
}

/** What a sealed key is bound to; numbers have no space in them, so no two differ and look alike. */
function bindingOf(phone: string, { mac, slot, issue, generation, notAfter }: Bound): Bytes {
	const numbers = [slot, issue, generation, notAfter].join(' ');
	return concat(ascii('hasp offline key '), ascii(`${mac} ${numbers} ${phone}`));
}
