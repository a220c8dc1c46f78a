import { concat, fromHex, toHex } from '../bytes.ts';
import { OPCODE, SLOTS, type Command } from './commands.ts';
import { zero } from './writes.ts';

/** Positions 1..100 of a fob, one lock each. */
export const CREDENTIALS = 100;

/** What a fob holds to open one lock: the same key and slot that a phone would be given. */
export interface Credential {
	/** 16 bytes. */
	key: Uint8Array;
	/** Upper case with colons. */
	mac: string;
	/** The lock's slot, 1..100. */
	slot: number;
}

/**
 * Gives a position of a fob a lock: `key (16) ‖ MAC (6, as printed, first octet first) ‖ slot ‖
 * 9 zero bytes`. Staged.
 * @throws ProtocolError `bad-hex`, `bad-length` for a MAC that is none
 */
export function addLock(position: number, { key, mac, slot }: Credential): Command {
	const address = fromHex(mac.replaceAll(':', ''), 6);
	const data = concat(key, address, Uint8Array.of(slot), new Uint8Array(9));
	return { opcode: OPCODE.addLock, argument: position, data };
}

/** What the position is to hold, or null when a field is out of range or a reserved byte is not zero. */
export function parseAddLock({ argument, data }: Command): Credential | null {
	if (argument < 1 || argument > CREDENTIALS || data.length !== 32 || !zero(data, 23)) return null;
	const slot = data[22]!;
	if (slot < 1 || slot > SLOTS) return null;
	const mac = toHex(data.subarray(16, 22)).toUpperCase().match(/../g)!.join(':');
	return { key: data.slice(0, 16), mac, slot };
}

/** Empties a position of a fob. Staged. */
export function removeLock(position: number): Command {
	return { opcode: OPCODE.removeLock, argument: position, data: new Uint8Array(0) };
}

/** Empties all positions of a fob. Staged. */
export function clearLocks(): Command {
	return { opcode: OPCODE.clearLocks, argument: 0, data: new Uint8Array(0) };
}
