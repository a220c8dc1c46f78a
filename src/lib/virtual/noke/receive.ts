/**
 * From packets to one authentic command: docs/lock-scheme.md section 4, the numbered rules. It
 * decides who signed; whether the command is then refused is for `execute.ts`.
 */
import { concat, fromHex, type Bytes } from '../../protocol/bytes.ts';
import {
	isAuthentic,
	KEY_TYPE,
	parseFirstBlock,
	SLOTS,
	type Command,
	type FirstBlock
} from '../../protocol/noke/commands.ts';
import { BLOCK_LENGTH, openCommand, PACKET_LENGTH } from '../../protocol/noke/frame.ts';
import type { KeySet } from './keyset.ts';

/** Parts to come after the first; no command of the scheme has more. */
const MOST_PARTS = 2;

/** Who made a command. */
export type Signer =
	| { readonly under: 'current' | 'previous'; readonly key: string; readonly epoch: number }
	| { readonly under: 'slot'; readonly slot: number; readonly key: string; readonly epoch: 0 };

interface Candidate {
	readonly signer: Signer;
	readonly first: FirstBlock;
	readonly data: Bytes;
}

/** A command whose last part has not come. */
export interface Assembly {
	/** Header bytes 0..2, which all parts share. */
	readonly header: readonly [number, number, number];
	readonly left: number;
	readonly candidates: readonly Candidate[];
}

/** A whole command and who made it. Time is Unix seconds as the sender wrote them, or 0. */
export interface Signed {
	readonly signer: Signer;
	readonly id: number;
	readonly time: number;
	readonly command: Command;
}

export type Received =
	| { readonly kind: 'refused'; readonly result: 'invalid-key' | 'invalid-data' }
	| { readonly kind: 'part'; readonly assembly: Assembly }
	| { readonly kind: 'command'; readonly signed: Signed };

/**
 * Takes one packet. Whatever was assembled before is used up: the caller keeps only what this returns.
 * @param packet as written, of any length
 * @param session the 20 bytes of STATE
 */
export function receivePacket(
	packet: Uint8Array,
	assembly: Assembly | null,
	keys: KeySet<string>,
	session: Uint8Array
): Received {
	if (packet.length !== PACKET_LENGTH) return { kind: 'refused', result: 'invalid-data' };
	const [type, index, id, left] = packet as unknown as [number, number, number, number];
	const candidates =
		assembly && continues(assembly, packet)
			? assembly.candidates.map((candidate) => withPart(candidate, packet, session))
			: signers(keys, type, index, id).flatMap((signer) => firstPart(signer, packet, session));
	if (candidates.length === 0) return { kind: 'refused', result: 'invalid-key' };
	if (left > MOST_PARTS) return { kind: 'refused', result: 'invalid-data' };
	if (left > 0) return { kind: 'part', assembly: { header: [type, index, id], left, candidates } };
	const fit = candidates.find(({ signer, first, data }) =>
		isAuthentic(fromHex(signer.key), first, data, id, signer.epoch)
	);
	if (!fit) return { kind: 'refused', result: 'invalid-key' };
	const { signer, first, data } = fit;
	const command = { opcode: first.opcode, argument: first.argument, data };
	return { kind: 'command', signed: { signer, id, time: first.time, command } };
}

function continues({ header, left }: Assembly, packet: Uint8Array): boolean {
	return follows(Uint8Array.of(...header, left), packet);
}

/** Whether a packet is the part after another, by their headers. */
export function follows(before: Uint8Array, packet: Uint8Array): boolean {
	return [0, 1, 2].every((i) => packet[i] === before[i]) && packet[3] === before[3]! - 1;
}

function withPart(candidate: Candidate, packet: Uint8Array, session: Uint8Array): Candidate {
	const block = openCommand(packet, fromHex(candidate.signer.key), session);
	return { ...candidate, data: concat(candidate.data, block.subarray(0, BLOCK_LENGTH)) };
}

function firstPart(signer: Signer, packet: Uint8Array, session: Uint8Array): Candidate[] {
	const first = parseFirstBlock(openCommand(packet, fromHex(signer.key), session), packet[2]!);
	return first ? [{ signer, first, data: concat() }] : [];
}

/** The keys that a header of section 4 can mean; none for any other header. */
function signers(keys: KeySet<string>, type: number, index: number, id: number): Signer[] {
	if (type === KEY_TYPE.limited) {
		const slot = index >= 1 && index <= SLOTS ? keys.slots[index] : undefined;
		return slot && id === 0 ? [{ under: 'slot', slot: index, key: slot.key, epoch: 0 }] : [];
	}
	if ((type !== KEY_TYPE.base && type !== KEY_TYPE.master) || index !== 0 || id === 0) return [];
	const { epoch, master: key, previous } = keys;
	const masters: Signer[] = [{ under: 'current', key, epoch }];
	if (previous) masters.push({ under: 'previous', key: previous.master, epoch: previous.epoch });
	return masters.filter((signer) => (type === KEY_TYPE.base) === (signer.epoch === 0));
}
