/**
 * A second implementation of docs/lock-scheme.md, from that page and node:crypto alone; it imports
 * nothing of ours, so that an error shared by both ends of the product shows.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

export const hex = (b: Uint8Array): string => Buffer.from(b).toString('hex');
export const un = (text: string): Buffer => Buffer.from(text, 'hex');
export const u32 = (n: number): Buffer => {
	const b = Buffer.alloc(4);
	b.writeUInt32LE(n);
	return b;
};
export const u24 = (n: number): Buffer => u32(n).subarray(0, 3);

// 1. Primitives
export const E = (k: Uint8Array, x: Uint8Array): Buffer =>
	createCipheriv('aes-128-ecb', k, null).setAutoPadding(false).update(x);
export const D = (k: Uint8Array, x: Uint8Array): Buffer =>
	createDecipheriv('aes-128-ecb', k, null).setAutoPadding(false).update(x);
export const mix = (k: Uint8Array, s: Uint8Array): Buffer =>
	Buffer.from(Array.from({ length: 16 }, (_, i) => (k[i]! + s[i]!) % 256));
export const authKey = (k: Uint8Array): Buffer => E(k, Buffer.from('hasp lock scheme', 'ascii'));
export const sum8 = (b: Uint8Array): number =>
	b.subarray(0, 15).reduce((sum, x) => sum + x, 0) % 256;

export function xor(a: Uint8Array, b: Uint8Array): Buffer {
	return Buffer.from(a.map((x, i) => x ^ b[i]!));
}

/** RFC 4493, step by step. */
export function cmac(key: Uint8Array, m: Uint8Array): Buffer {
	const double = (b: Buffer): Buffer => {
		const out = Buffer.alloc(16);
		for (let i = 0; i < 16; i++) out[i] = ((b[i]! << 1) & 0xff) | ((b[i + 1] ?? 0) >> 7);
		if (b[0]! & 0x80) out[15]! ^= 0x87;
		return out;
	};
	const k1 = double(E(key, Buffer.alloc(16)));
	const k2 = double(k1);
	const n = Math.max(1, Math.ceil(m.length / 16));
	const complete = m.length > 0 && m.length % 16 === 0;
	const tail = Buffer.alloc(16);
	Buffer.from(m.subarray((n - 1) * 16)).copy(tail);
	if (!complete) tail[m.length - (n - 1) * 16] = 0x80;
	const last = xor(tail, complete ? k1 : k2);
	let x: Buffer = Buffer.alloc(16);
	for (let i = 0; i < n - 1; i++) x = E(key, xor(x, m.subarray(i * 16, i * 16 + 16)));
	return E(key, xor(x, last));
}
export const MAC = (k: Uint8Array, ...m: Uint8Array[]): Buffer =>
	cmac(authKey(k), Buffer.concat(m));

// 3. Keys
export function K(root: Buffer, generation: number, epoch: number, slot: number): Buffer {
	const info = Buffer.alloc(13 + 4 + 4 + 1);
	info.write('hasp lock key', 'ascii');
	info.writeUInt32BE(generation, 13);
	info.writeUInt32BE(epoch, 17);
	info[21] = slot;
	return Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), info, 16));
}

// 4. Commands
export interface Command {
	opcode: number;
	argument: number;
	data: Buffer;
}
export interface Under {
	type: 0 | 2 | 4;
	slot: number;
	key: Buffer;
	epoch: number;
}

export function firstBlock(c: Command, under: Under, id: number, time: number): Buffer {
	const head = Buffer.from([1, c.opcode, c.argument, id]);
	const authenticator = MAC(under.key, head, u32(under.epoch), c.data).subarray(0, 8);
	const block = Buffer.concat([
		Buffer.from([c.opcode, c.argument]),
		u32(time),
		authenticator,
		Buffer.from([id, 0])
	]);
	block[15] = sum8(block);
	return block;
}

export function packets(
	c: Command,
	under: Under,
	id: number,
	time: number,
	session: Buffer
): Buffer[] {
	const blocks = [firstBlock(c, under, id, time)];
	for (let i = 0; i < c.data.length; i += 16) blocks.push(c.data.subarray(i, i + 16));
	return blocks.map((block, i) =>
		Buffer.concat([
			Buffer.from([under.type, under.slot, id, blocks.length - 1 - i]),
			D(mix(under.key, session), block)
		])
	);
}

export const none = Buffer.alloc(0);
export const setKey = (slot: number, key: Buffer, from: number, until: number): Command => ({
	opcode: 0xb0,
	argument: slot,
	data: Buffer.concat([key, u32(from), u32(until), Buffer.alloc(8)])
});
export const removeKey = (slot: number): Command => ({ opcode: 0xa3, argument: slot, data: none });
export const reset: Command = { opcode: 0xa9, argument: 0, data: none };
export const unlock = (reference: number): Command => ({
	opcode: 0xa2,
	argument: reference,
	data: none
});
export const unshackle = (reference: number): Command => ({ ...unlock(reference), opcode: 0xb2 });
export const shutDown: Command = { opcode: 0xa0, argument: 0, data: none };
export const getLogs = (cursor: number): Command => ({
	opcode: 0xa5,
	argument: 0,
	data: Buffer.concat([u24(cursor), Buffer.alloc(13)])
});
export const code = (text: string): Buffer =>
	Buffer.concat([Buffer.from([text.length]), u24(parseInt([...text].reverse().join(''), 2))]);
export const setQuickClick = (
	position: number,
	presses: string,
	uses: number,
	capped: boolean
): Command => ({
	opcode: 0xa6,
	argument: position,
	data: Buffer.concat([code(presses), Buffer.from([uses, capped ? 1 : 0]), Buffer.alloc(10)])
});
export const clearQuickClick = (position: number): Command => ({
	opcode: 0xb1,
	argument: position,
	data: none
});
export const getQuickClicks: Command = { opcode: 0xa7, argument: 0, data: none };
export const setSettings = (explicitLock: boolean): Command => ({
	opcode: 0xb3,
	argument: 0,
	data: Buffer.concat([Buffer.from([explicitLock ? 1 : 0]), Buffer.alloc(15)])
});
export const engage = (reference: number): Command => ({ ...unlock(reference), opcode: 0xb4 });
export const firmwareUpdate: Command = { opcode: 0xab, argument: 0, data: none };
export const digestOf = (k: Buffer, writes: Command[]): Buffer =>
	MAC(
		k,
		Buffer.from([3]),
		...writes.flatMap((w) => [Buffer.from([w.opcode, w.argument]), w.data])
	).subarray(0, 8);
export const setUp = (
	writes: Command[],
	under: Buffer,
	master: Buffer,
	epoch: number
): Command => ({
	opcode: 0xa1,
	argument: writes.length % 256,
	data: Buffer.concat([master, u32(epoch), digestOf(under, writes), Buffer.alloc(4)])
});

// 8. Fobs
export const addLock = (position: number, key: Buffer, mac: string, slot: number): Command => ({
	opcode: 0xc1,
	argument: position,
	data: Buffer.concat([key, un(mac.split(':').join('')), Buffer.from([slot]), Buffer.alloc(9)])
});
export const clearLocks: Command = { opcode: 0xc2, argument: 0, data: none };
export const removeLock = (position: number): Command => ({
	opcode: 0xc3,
	argument: position,
	data: none
});
export const setUpFob = (
	writes: Command[],
	under: Buffer,
	master: Buffer,
	epoch: number
): Command => ({ ...setUp(writes, under, master, epoch), opcode: 0xc0 });

// 6. Answers
export const app = (result: number, id: number, ...more: number[]): Buffer =>
	Buffer.concat([Buffer.from([0x51, result, id, ...more])], 20);

export interface Answering {
	key: Buffer;
	epoch: number;
	session: Buffer;
}
export function server(
	by: Answering,
	type: number,
	id: number,
	ordinal: number,
	body: Buffer
): Buffer {
	const head = Buffer.from([0x50, type, id, ordinal % 256]);
	const tag = MAC(by.key, Buffer.from([2]), head, u32(by.epoch), body).subarray(0, 7);
	return Buffer.concat([head, E(mix(by.key, by.session), Buffer.concat([body, tag]))]);
}
export interface Ack {
	opcode: number;
	result: number;
	epoch: number;
	lockState: number;
	moreRecords: boolean;
	clockWasUnknown: boolean;
	explicitLock: boolean;
	argument: number;
}
export const ackBody = (a: Ack): Buffer =>
	Buffer.concat([
		Buffer.from([a.opcode, a.result]),
		u32(a.epoch),
		Buffer.from([
			a.lockState,
			(a.moreRecords ? 1 : 0) + (a.clockWasUnknown ? 2 : 0) + (a.explicitLock ? 4 : 0),
			a.argument
		])
	]);
export interface LogRecord {
	counter: number;
	time: number;
	action: number;
	who: number;
}
export const recordBody = (r: LogRecord): Buffer =>
	Buffer.concat([u24(r.counter), u32(r.time), Buffer.from([r.action, r.who])]);
export interface QuickClickLeft {
	position: number;
	uses: number;
	code: string;
	counter: number;
}
export const quickClickBody = (q: QuickClickLeft): Buffer =>
	Buffer.concat([Buffer.from([q.position, q.uses]), code(q.code), u24(q.counter)]);
