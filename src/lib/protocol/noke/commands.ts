import { forward, mac } from '../aes.ts';
import { ascii, concat, equal, littleEndian, readLittleEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { BLOCK_LENGTH, sealCommand, sum8 } from './frame.ts';

/** Opcodes of docs/lock-scheme.md 4.1 and 8. A0..B1 and C0..C3 bear Nokē's public names, B2..B4 are ours. */
export const OPCODE = {
	shutDown: 0xa0,
	setUp: 0xa1,
	unlock: 0xa2,
	removeKey: 0xa3,
	getLogs: 0xa5,
	setQuickClick: 0xa6,
	getQuickClicks: 0xa7,
	reset: 0xa9,
	firmwareUpdate: 0xab,
	setKey: 0xb0,
	clearQuickClick: 0xb1,
	unshackle: 0xb2,
	setSettings: 0xb3,
	engage: 0xb4,
	setUpFob: 0xc0,
	addLock: 0xc1,
	clearLocks: 0xc2,
	removeLock: 0xc3
} as const;

/** Header byte 0. */
export const KEY_TYPE = { base: 0, master: 2, limited: 4 } as const;

/** Slots 1..100 are shared by offline keys and fobs. */
export const SLOTS = 100;

/** What a command says, apart from the key it comes under. */
export interface Command {
	opcode: number;
	/** Block byte 1: slot, reference or count; see the table of opcodes. */
	argument: number;
	/** A multiple of 16 bytes; each 16 make a further part. */
	data: Uint8Array;
}

/** A master key of one epoch; epoch 0 is the base key. */
export interface MasterKey {
	key: Uint8Array;
	epoch: number;
}

const AUTH_CONSTANT = ascii('hasp lock scheme');

/** AES-CMAC under `authKey(key)`, cut to `length` bytes (docs/lock-scheme.md section 1). */
export function tag(key: Uint8Array, message: Uint8Array, length: number): Bytes {
	return mac(forward(key, AUTH_CONSTANT), message).slice(0, length);
}

/** Eight bytes that prove the key: over opcode, argument, command id, epoch and data, not the time. */
export function authenticator(key: Uint8Array, command: Command, id: number, epoch: number): Bytes {
	const head = Uint8Array.of(1, command.opcode, command.argument, id);
	return tag(key, concat(head, littleEndian(epoch, 4), command.data), 8);
}

/** The first block of a command: opcode, argument, time, authenticator, id, sum. */
export function firstBlock(
	key: Uint8Array,
	command: Command,
	at: { id: number; epoch: number; time: number }
): Bytes {
	const block = concat(
		Uint8Array.of(command.opcode, command.argument),
		littleEndian(at.time, 4),
		authenticator(key, command, at.id, at.epoch),
		Uint8Array.of(at.id, 0)
	);
	block[15] = sum8(block);
	return block;
}

/**
 * The packets of one command under a master key, for one session.
 * @param id 1..255, greater than every id used in this session before
 * @param time Unix seconds of the server
 * @throws ProtocolError `bad-field` for an id, argument or data length out of range
 */
export function masterCommand(
	master: MasterKey,
	command: Command,
	at: { id: number; time: number; session: Uint8Array }
): Bytes[] {
	if (!(at.id >= 1 && at.id <= 255)) throw new ProtocolError('bad-field', 'a command id is 1..255');
	if (!(command.argument >= 0 && command.argument <= 255))
		throw new ProtocolError('bad-field', 'an argument is one byte');
	if (command.data.length % BLOCK_LENGTH !== 0)
		throw new ProtocolError('bad-field', 'data comes in blocks of 16 bytes');
	const blocks: Uint8Array[] = [
		firstBlock(master.key, command, { id: at.id, epoch: master.epoch, time: at.time })
	];
	for (let i = 0; i < command.data.length; i += BLOCK_LENGTH)
		blocks.push(command.data.subarray(i, i + BLOCK_LENGTH));
	const type = master.epoch === 0 ? KEY_TYPE.base : KEY_TYPE.master;
	return blocks.map((block, i) =>
		sealCommand(Uint8Array.of(type, 0, at.id, blocks.length - 1 - i), block, master.key, at.session)
	);
}

/** What the first block of a command says, before its authenticator is checked. */
export interface FirstBlock {
	opcode: number;
	argument: number;
	time: number;
	authenticator: Bytes;
}

/** Parses a deciphered first block; null when its sum or its id is wrong, as under a wrong key. */
export function parseFirstBlock(block: Uint8Array, id: number): FirstBlock | null {
	if (block[15] !== sum8(block) || block[14] !== id) return null;
	return {
		opcode: block[0]!,
		argument: block[1]!,
		time: readLittleEndian(block, 2, 4),
		authenticator: block.slice(6, 14) as Bytes
	};
}

/** Whether a whole command was made by someone who holds this key. */
export function isAuthentic(
	key: Uint8Array,
	first: FirstBlock,
	data: Uint8Array,
	id: number,
	epoch: number
): boolean {
	return equal(first.authenticator, authenticator(key, { ...first, data }, id, epoch));
}

/** Eight bytes over all staged writes in their order, under the master key they came with. */
export function digestOfWrites(key: Uint8Array, writes: readonly Command[]): Bytes {
	const parts = writes.map((w) => concat(Uint8Array.of(w.opcode, w.argument), w.data));
	return tag(key, concat(Uint8Array.of(3), ...parts), 8);
}
