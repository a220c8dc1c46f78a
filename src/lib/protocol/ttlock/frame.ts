import { openCbc, sealCbc } from '../aes.ts';
import { bigEndian, concat, readBigEndian, type Bytes } from '../bytes.ts';

/** What the radio carries at once, in both directions; a longer frame goes in pieces. */
export const PACKET_LENGTH = 20;
/** The cipher's block: encrypted payloads are multiples of it. */
export const BLOCK_LENGTH = 16;

/** Which family of locks a frame is for, as it advertises; all of it stands in every frame. */
export interface Header {
	protocolType: number;
	protocolVersion: number;
	scene: number;
	groupId: number;
	orgId: number;
}

/** What a lock is spoken to with while its own values are unknown. */
export const DEFAULT_HEADER: Header = {
	protocolType: 5,
	protocolVersion: 3,
	scene: 2,
	groupId: 1,
	orgId: 1
};

/** The command byte of every answer but that to GET_AES_KEY, which keeps its own. */
export const ANSWER = 0x54;

/** A whole frame whose checksum is right; its payload is still sealed. */
export interface Frame {
	header: Header;
	command: number;
	payload: Bytes;
}

const START = [0x7f, 0x5a] as const;
const END = [0x0d, 0x0a] as const;
const ENCRYPTED = 0xaa;
const TYPE_AT = 2;
const MARKER_AT = 10;
const LENGTH_AT = 11;
const HEAD = 12;
const TAIL = 3;
/** The greatest payload that is a multiple of a block, with everything around it. */
const LONGEST = HEAD + 240 + TAIL;

const TABLE = Uint8Array.from({ length: 256 }, (_, index) => {
	// Locks have another value here than the polynomial gives: every tenth frame fails without it.
	if (index === 33) return 0x07;
	let crc = index;
	for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
	return crc;
});

/** The vendor's CRC-8: Dallas/Maxim with one odd entry of its table (docs/door-lock.md). */
export function crc8(bytes: Uint8Array, from = 0, to = bytes.length): number {
	let crc = 0;
	for (let i = from; i < to; i++) crc = TABLE[crc ^ bytes[i]!]!;
	return crc;
}

/**
 * `7f 5a ‖ type ‖ version ‖ scene ‖ group u16 ‖ org u16 ‖ command ‖ aa ‖ length ‖ payload ‖ CRC ‖
 * 0d 0a`, big-endian; the CRC covers all before it (docs/door-lock.md).
 */
export function buildFrame({ header, command, payload }: Frame): Bytes {
	const { protocolType, protocolVersion, scene, groupId, orgId } = header;
	const body = concat(
		Uint8Array.of(...START, protocolType, protocolVersion, scene),
		bigEndian(groupId, 2),
		bigEndian(orgId, 2),
		Uint8Array.of(command, ENCRYPTED, payload.length),
		payload
	);
	return concat(body, Uint8Array.of(crc8(body), ...END));
}

/** The frame that these bytes are, all of them; null when they are none. */
export function parseFrame(bytes: Uint8Array): Frame | null {
	const [received] = new Reassembler().feed(bytes);
	const isWhole = received?.kind === 'frame' && received.length === bytes.length;
	return isWhole ? received.frame : null;
}

/** A frame as it is written or notified: pieces of 20 bytes, in order. */
export function piecesOf(frame: Bytes): Bytes[] {
	const pieces: Bytes[] = [];
	for (let i = 0; i < frame.length; i += PACKET_LENGTH)
		pieces.push(frame.slice(i, i + PACKET_LENGTH));
	return pieces;
}

/** A command to a lock, whole: AES-128-CBC whose IV is the key; no data stays no payload. */
export function sealCommand(
	header: Header,
	command: { opcode: number; data: Uint8Array },
	key: Uint8Array
): Bytes {
	return buildFrame({ header, command: command.opcode, payload: seal(key, command.data) });
}

/** The data of a command, as the lock recovers it; null when this key did not seal it. */
export function openCommand({ payload }: Frame, key: Uint8Array): Bytes | null {
	return open(key, payload);
}

/** An answer, whole. @param command 54, or the opcode itself for GET_AES_KEY */
export function sealAnswer(
	header: Header,
	plain: Uint8Array,
	key: Uint8Array,
	command: number = ANSWER
): Bytes {
	return buildFrame({ header, command, payload: seal(key, plain) });
}

/** The plain text of an answer, as the phone recovers it; null when this key did not seal it. */
export function openAnswer({ payload }: Frame, key: Uint8Array): Bytes | null {
	return open(key, payload);
}

function seal(key: Uint8Array, plain: Uint8Array): Bytes {
	return plain.length === 0 ? new Uint8Array(0) : sealCbc(key, key, plain);
}

function open(key: Uint8Array, payload: Bytes): Bytes | null {
	return payload.length === 0 ? payload : openCbc(key, key, payload);
}

/** What came out of a stream of pieces. */
export type Received =
	/** `length` bytes of the stream. */
	| { kind: 'frame'; frame: Frame; length: number }
	/** Start, length and end fit, the checksum does not. The command byte may be damaged too. */
	| { kind: 'damaged'; command: number };

/**
 * Frames out of pieces that were split, joined or mixed with noise. It follows the declared length,
 * never `0d 0a`, which ciphertext contains too. What cannot be a frame costs two bytes, and the
 * search goes on behind them; it never keeps more than one frame's length.
 */
export class Reassembler {
	readonly #buffer: Bytes = new Uint8Array(LONGEST);
	#length = 0;

	/** Takes any bytes, of any length. */
	feed(bytes: Uint8Array): Received[] {
		const received: Received[] = [];
		for (let at = 0; at < bytes.length;) {
			const part = bytes.subarray(at, at + LONGEST - this.#length);
			this.#buffer.set(part, this.#length);
			this.#length += part.length;
			at += part.length;
			this.#take(received);
		}
		return received;
	}

	/** What is kept of a frame that was begun: another reassembler goes on from it. */
	get rest(): Bytes {
		return this.#buffer.slice(0, this.#length);
	}

	/** Forgets a frame that was begun. */
	reset(): void {
		this.#length = 0;
	}

	#take(received: Received[]): void {
		const buffer = this.#buffer;
		for (;;) {
			this.#toStart();
			if (!this.#mayBeFrame()) this.#drop(2);
			else if (this.#length < HEAD) return;
			else {
				const end = HEAD + buffer[LENGTH_AT]! + TAIL;
				if (this.#length < end) return;
				const crc = end - TAIL;
				if (buffer[end - 2] !== END[0] || buffer[end - 1] !== END[1]) this.#drop(2);
				else if (crc8(buffer, 0, crc) !== buffer[crc]) {
					received.push({ kind: 'damaged', command: buffer[9]! });
					this.#drop(2);
				} else {
					received.push({ kind: 'frame', frame: frameIn(buffer, crc), length: end });
					this.#drop(end);
				}
			}
		}
	}

	/** Moves the first `7f 5a`, or a last `7f`, to the front. */
	#toStart(): void {
		let at = 0;
		while (at < this.#length) {
			if (this.#buffer[at] === START[0]) {
				if (at + 1 === this.#length || this.#buffer[at + 1] === START[1]) break;
			}
			at++;
		}
		this.#drop(at);
	}

	/** Whether the bytes so far can begin a frame: noise must not make us wait for 255 bytes. */
	#mayBeFrame(): boolean {
		if (this.#length > TYPE_AT && this.#buffer[TYPE_AT]! < 5) return false;
		if (this.#length > MARKER_AT && this.#buffer[MARKER_AT] !== ENCRYPTED) return false;
		return this.#length <= LENGTH_AT || this.#buffer[LENGTH_AT]! % BLOCK_LENGTH === 0;
	}

	#drop(count: number): void {
		this.#buffer.copyWithin(0, count, this.#length);
		this.#length = Math.max(0, this.#length - count);
	}
}

function frameIn(buffer: Uint8Array, end: number): Frame {
	return {
		header: {
			protocolType: buffer[2]!,
			protocolVersion: buffer[3]!,
			scene: buffer[4]!,
			groupId: readBigEndian(buffer, 5, 2),
			orgId: readBigEndian(buffer, 7, 2)
		},
		command: buffer[9]!,
		payload: buffer.slice(HEAD, end) as Bytes
	};
}
