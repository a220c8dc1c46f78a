import { concat, equal, littleEndian, readLittleEndian, type Bytes } from '../bytes.ts';
import { ProtocolError } from '../errors.ts';
import { tag, type MasterKey } from './commands.ts';
import { openAnswer, PACKET_LENGTH, sealAnswer } from './frame.ts';

/** Byte 0 of a notification. */
const DESTINATION = { server: 0x50, app: 0x51 } as const;

/**
 * Byte 1 of an app packet (published libraries), each with the error code that the Android library
 * reports for it; null where it reports none.
 */
export const RESULTS = {
	success: { code: 0x60, nokeError: null },
	'invalid-key': { code: 0x61, nokeError: 261 },
	'invalid-command': { code: 0x62, nokeError: 262 },
	'invalid-permission': { code: 0x63, nokeError: 263 },
	shutdown: { code: 0x64, nokeError: null },
	'invalid-data': { code: 0x65, nokeError: 265 },
	'battery-data': { code: 0x66, nokeError: 299 },
	'failed-to-lock': { code: 0x68, nokeError: 268 },
	'failed-to-unlock': { code: 0x69, nokeError: 267 },
	'failed-to-unshackle': { code: 0x6a, nokeError: 267 },
	'out-of-schedule': { code: 0x6d, nokeError: 299 },
	'free-exit': { code: 0x6f, nokeError: 299 },
	'invalid-result': { code: 0xff, nokeError: 267 }
} as const;
export type ResultName = keyof typeof RESULTS | 'unknown';

/** The error the Android library reports for a result it does not know. */
export const UNKNOWN_RESULT_ERROR = 299;

const NAMES = new Map(Object.entries(RESULTS).map(([name, { code }]) => [code as number, name]));

/** A notification, read. */
export type Answer =
	| { kind: 'result'; result: ResultName; id: number }
	| { kind: 'shutdown'; open: boolean; timedOut: boolean }
	| { kind: 'server'; packet: Bytes }
	| { kind: 'ignored' };

/**
 * Reads a notification. Shutdown byte 2 is 0 for unlocked; byte 3 is 1 when it was no time-out.
 * Anything that is not 20 bytes or has another destination is ignored, as the libraries do.
 */
export function parseAnswer(packet: Uint8Array): Answer {
	if (packet.length !== PACKET_LENGTH) return { kind: 'ignored' };
	if (packet[0] === DESTINATION.server) return { kind: 'server', packet: packet.slice() };
	if (packet[0] !== DESTINATION.app) return { kind: 'ignored' };
	const result = (NAMES.get(packet[1]!) ?? 'unknown') as ResultName;
	if (result === 'shutdown')
		return { kind: 'shutdown', open: packet[2] === 0, timedOut: packet[3] !== 1 };
	return { kind: 'result', result, id: packet[2]! };
}

/** An app packet: `51 ‖ result ‖ command id ‖ zeros`. */
export function resultPacket(result: keyof typeof RESULTS, id: number): Bytes {
	return concat(Uint8Array.of(DESTINATION.app, RESULTS[result].code, id), new Uint8Array(17));
}

/** The app packet with which a lock ends the link. */
export function shutdownPacket(state: { open: boolean; timedOut: boolean }): Bytes {
	const packet = resultPacket('shutdown', state.open ? 0 : 1);
	packet[3] = state.timedOut ? 0 : 1;
	return packet;
}

/** Server packet types (Nokē's public names; layouts ours). */
export const TYPE = { key: 0x74, unlock: 0x75, log: 0x76, quickClick: 0x77 } as const;

const BODY = 9;
const TAG = 7;

/**
 * A packet for the server: `50 ‖ type ‖ id ‖ ordinal ‖ E(body ‖ tag)`.
 * @param body 9 bytes
 * @throws ProtocolError `bad-length`
 */
export function serverPacket(
	master: MasterKey,
	session: Uint8Array,
	header: { type: number; id: number; ordinal: number },
	body: Uint8Array
): Bytes {
	if (body.length !== BODY) throw new ProtocolError('bad-length', 'a body is 9 bytes');
	const head = Uint8Array.of(DESTINATION.server, header.type, header.id, header.ordinal & 0xff);
	return sealAnswer(head, concat(body, answerTag(master, head, body)), master.key, session);
}

/** A server packet that this master key opened: proof that the lock holds it. */
export interface ServerPacket {
	type: number;
	id: number;
	ordinal: number;
	body: Bytes;
}

/** Opens a server packet, or null when this key and epoch did not make it. */
export function openServerPacket(
	master: MasterKey,
	session: Uint8Array,
	packet: Uint8Array
): ServerPacket | null {
	if (packet.length !== PACKET_LENGTH || packet[0] !== DESTINATION.server) return null;
	const block = openAnswer(packet, master.key, session);
	const body = block.slice(0, BODY) as Bytes;
	if (!equal(block.subarray(BODY), answerTag(master, packet.subarray(0, 4), body))) return null;
	return { type: packet[1]!, id: packet[2]!, ordinal: packet[3]!, body };
}

function answerTag({ key, epoch }: MasterKey, head: Uint8Array, body: Uint8Array): Bytes {
	return tag(key, concat(Uint8Array.of(2), head, littleEndian(epoch, 4), body), TAG);
}

/** Body of types 74 and 75: what the lock did, and how it stands. */
export interface Acknowledgement {
	opcode: number;
	/** A result code, `60` for done. */
	result: number;
	epoch: number;
	/** 0 open, 2 unshackled, 3 closed. */
	lockState: number;
	moreRecords: boolean;
	clockWasUnknown: boolean;
	/** Explicit lock is on: a lock that cannot keeps it off, whatever it was sent. */
	explicitLock: boolean;
	argument: number;
}

export function acknowledgementBody(ack: Acknowledgement): Bytes {
	const flags =
		(ack.moreRecords ? 1 : 0) | (ack.clockWasUnknown ? 2 : 0) | (ack.explicitLock ? 4 : 0);
	return concat(
		Uint8Array.of(ack.opcode, ack.result),
		littleEndian(ack.epoch, 4),
		Uint8Array.of(ack.lockState, flags, ack.argument)
	);
}

export function parseAcknowledgement(body: Uint8Array): Acknowledgement {
	return {
		opcode: body[0]!,
		result: body[1]!,
		epoch: readLittleEndian(body, 2, 4),
		lockState: body[6]!,
		moreRecords: (body[7]! & 1) === 1,
		clockWasUnknown: (body[7]! & 2) === 2,
		explicitLock: (body[7]! & 4) === 4,
		argument: body[8]!
	};
}
