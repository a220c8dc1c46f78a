import { concat, fromHex, littleEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { PACKET_LENGTH, sealCommand, sum8 } from './frame.ts';
import { SESSION_LENGTH } from './profile.ts';

/** What a phone holds to open one lock without a network, in hex as the Core API gives it. */
export interface OfflineGrant {
	/** 32 hex characters. */
	offlineKey: string;
	/** 40 hex characters: header and block in the clear. */
	unlockCommand: string;
}

/**
 * The packet that opens this session, with the phone's time in it (public: the mobile libraries).
 * @param at Unix seconds; written to block bytes 2..5, little-endian, before the sum in byte 15
 * @param session the 20 bytes of STATE
 * @returns 20 bytes
 * @throws ProtocolError `bad-hex`, `bad-length`, or `bad-field` for a time outside 32 bits
 */
export function offlineUnlockPacket(
	input: OfflineGrant & { session: Uint8Array; at: number }
): Bytes {
	return timedUnlockPacket({ ...input, ...bytesOf(input) });
}

/**
 * The same from bytes, for a caller that fills them with zeros afterwards.
 * @param key 16 bytes
 * @param command 20 bytes: header and block in the clear
 * @throws ProtocolError `bad-length`, or `bad-field` for a time outside 32 bits
 */
export function timedUnlockPacket(input: {
	key: Uint8Array;
	command: Uint8Array;
	session: Uint8Array;
	at: number;
}): Bytes {
	const { at } = input;
	if (!Number.isInteger(at) || at < 0 || at > 0xffffffff)
		throw new ProtocolError('bad-field', 'a time is whole Unix seconds in 32 bits');
	const { header, block, key, session } = parts(input);
	const timed = concat(block.subarray(0, 2), littleEndian(at, 4), block.subarray(6));
	timed[15] = sum8(timed);
	return sealCommand(header, timed, key, session);
}

/**
 * The same for a command whose block goes out as it was issued: no time, no sum.
 * @throws ProtocolError `bad-hex`, `bad-length`
 */
export function scheduledUnlockPacket(input: OfflineGrant & { session: Uint8Array }): Bytes {
	const { header, block, key, session } = parts({ ...input, ...bytesOf(input) });
	return sealCommand(header, block, key, session);
}

/**
 * The bytes of a grant: 16 of key, 20 of command.
 * @throws ProtocolError `bad-hex`, `bad-length`
 */
export function bytesOf({ offlineKey, unlockCommand }: OfflineGrant): {
	key: Bytes;
	command: Bytes;
} {
	return { command: fromHex(unlockCommand, 20), key: fromHex(offlineKey, 16) };
}

function parts<P extends { key: Uint8Array; command: Uint8Array; session: Uint8Array }>(input: P) {
	const { key, command, session } = input;
	if (command.length !== PACKET_LENGTH)
		throw new ProtocolError('bad-length', `a command is 20 bytes, not ${command.length}`);
	if (session.length !== SESSION_LENGTH)
		throw new ProtocolError('bad-length', `a session is 20 bytes, not ${session.length}`);
	return { header: command.subarray(0, 4), block: command.subarray(4), key, session };
}
