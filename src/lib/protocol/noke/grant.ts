import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ascii, bigEndian, concat, toHex, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { firstBlock, KEY_TYPE, OPCODE, SLOTS } from './commands.ts';
import type { OfflineGrant } from './offline.ts';

/**
 * K(generation, n, slot): 16 bytes by HKDF-SHA-256 from the lock's root (docs/lock-scheme.md
 * section 3). Slot 0 is the master key.
 * @param root 32 random bytes of this lock
 * @param n the epoch for slot 0, the slot's issue number else
 */
export function deriveKey(root: Uint8Array, generation: number, n: number, slot: number): Bytes {
	const info = concat(
		ascii('hasp lock key'),
		bigEndian(generation, 4),
		bigEndian(n, 4),
		Uint8Array.of(slot)
	);
	return hkdf(sha256, root, undefined, info, 16) as Bytes;
}

/**
 * What a phone or fob is given for a slot: the key, and the unlock command in the clear.
 * @throws ProtocolError `bad-field` for a slot outside 1..100
 */
export function mintOfflineGrant(key: Uint8Array, slot: number): OfflineGrant {
	if (!(slot >= 1 && slot <= SLOTS)) throw new ProtocolError('bad-field', 'slots are 1..100');
	const command = { opcode: OPCODE.unlock, argument: slot, data: new Uint8Array(0) };
	const block = firstBlock(key, command, { id: 0, epoch: 0, time: 0 });
	return {
		offlineKey: toHex(key),
		unlockCommand: toHex(concat(Uint8Array.of(KEY_TYPE.limited, slot, 0, 0), block))
	};
}
