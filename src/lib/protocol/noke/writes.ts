import { concat, littleEndian, readLittleEndian } from '../bytes.ts';
import { OPCODE, SLOTS, type Command } from './commands.ts';

const NO_DATA = new Uint8Array(0);

/** `until` of a slot without an end. */
export const FOR_EVER = 0xffffffff;

/** What a filled slot holds. Times are Unix seconds, both included. */
export interface SlotKey {
	key: Uint8Array;
	from: number;
	until: number;
}

/** Fills a slot: key (16) and `from u32 ‖ until u32 ‖ 8 zero bytes`. Staged until the set-up. */
export function setKey(slot: number, { key, from, until }: SlotKey): Command {
	const window = concat(littleEndian(from, 4), littleEndian(until, 4), new Uint8Array(8));
	return { opcode: OPCODE.setKey, argument: slot, data: concat(key, window) };
}

/** The slot's content, or null when a field is out of range or a reserved byte is not zero. */
export function parseSetKey({ argument, data }: Command): SlotKey | null {
	if (argument < 1 || argument > SLOTS || data.length !== 32 || !zero(data, 24)) return null;
	const from = readLittleEndian(data, 16, 4);
	const until = readLittleEndian(data, 20, 4);
	return from > until ? null : { key: data.slice(0, 16), from, until };
}

/** Empties a slot. Staged. */
export function removeKey(slot: number): Command {
	return { opcode: OPCODE.removeKey, argument: slot, data: NO_DATA };
}

/** Empties all slots. Staged. */
export function reset(): Command {
	return { opcode: OPCODE.reset, argument: 0, data: NO_DATA };
}

/** What a set-up commits. */
export interface SetUp {
	masterKey: Uint8Array;
	epoch: number;
	digest: Uint8Array;
}

/** Commits `writes` staged writes: new master key (16), `epoch u32 ‖ digest (8) ‖ 4 zero bytes`. */
export function setUp(writes: number, { masterKey, epoch, digest }: SetUp): Command {
	const data = concat(masterKey, littleEndian(epoch, 4), digest, new Uint8Array(4));
	return { opcode: OPCODE.setUp, argument: writes & 0xff, data };
}

/** The same for a fob. */
export function setUpFob(writes: number, wanted: SetUp): Command {
	return { ...setUp(writes, wanted), opcode: OPCODE.setUpFob };
}

/** The reverse of `setUp` and `setUpFob`; null when the length or a reserved byte is wrong. */
export function parseSetUp({ data }: Command): SetUp | null {
	if (data.length !== 32 || !zero(data, 28)) return null;
	return {
		masterKey: data.slice(0, 16),
		epoch: readLittleEndian(data, 16, 4),
		digest: data.slice(20, 28)
	};
}

/** Opens, or releases the shackle. The reference comes back in the lock's log. */
export function opening(action: 'unlock' | 'unshackle', reference: number): Command {
	return { opcode: OPCODE[action], argument: reference, data: NO_DATA };
}

/** Engages the bolt of a lock whose shackle is home. The reference comes back in the lock's log. */
export function engage(reference: number): Command {
	return { opcode: OPCODE.engage, argument: reference, data: NO_DATA };
}

/** What a lock does by itself, as far as it is told. */
export interface Settings {
	/** A shackle that is pushed home stays free until an `engage`. */
	explicitLock: boolean;
}

/** Sets all settings at once: `flags (bit 0: explicit lock) ‖ 15 zero bytes`. Staged. */
export function setSettings({ explicitLock }: Settings): Command {
	const data = concat(Uint8Array.of(explicitLock ? 1 : 0), new Uint8Array(15));
	return { opcode: OPCODE.setSettings, argument: 0, data };
}

/** The settings, or null when the length or a reserved bit is wrong. */
export function parseSetSettings({ argument, data }: Command): Settings | null {
	if (argument !== 0 || data.length !== 16 || data[0]! > 1 || !zero(data, 1)) return null;
	return { explicitLock: data[0] === 1 };
}

/** Asks for the log records after the cursor: `cursor u24 ‖ 13 zero bytes`. */
export function getLogs(cursor: number): Command {
	const data = concat(littleEndian(cursor, 3), new Uint8Array(13));
	return { opcode: OPCODE.getLogs, argument: 0, data };
}

/** The cursor, or null when the length or a reserved byte is wrong. */
export function parseGetLogs({ argument, data }: Command): number | null {
	if (argument !== 0 || data.length !== 16 || !zero(data, 3)) return null;
	return readLittleEndian(data, 0, 3);
}

/** Ends the session at once. */
export function shutDown(): Command {
	return { opcode: OPCODE.shutDown, argument: 0, data: NO_DATA };
}

/** Ends the session and leaves the lock to a firmware updater for a minute. */
export function firmwareUpdate(): Command {
	return { opcode: OPCODE.firmwareUpdate, argument: 0, data: NO_DATA };
}

/** Whether all bytes from `from` on are zero, as reserved ones must be. */
export function zero(data: Uint8Array, from: number): boolean {
	return data.subarray(from).every((byte) => byte === 0);
}
