import { readFileSync } from 'node:fs';

/** Frame header as the vectors give it. */
export interface VectorHeader {
	protocolType: number;
	protocolVersion: number;
	scene: number;
	groupId: number;
	orgId: number;
}

/** What a frame looks like under way. */
export interface VectorFrame {
	plainHex: string;
	frameHex: string;
	cipherHex: string;
	crcHex: string;
	writeChunksHex?: string[];
	notifyChunksHex?: string[];
}

export interface FrameVector<K extends 'frame' | 'response'> {
	kind: K;
	id: string;
	input: { command?: string; frameCommandByte?: string; aesKeyHex: string; header: VectorHeader };
	expected: VectorFrame;
}

export interface ExchangeVector {
	kind: 'exchange';
	id: string;
	input: {
		aesKeyHex: string;
		header: VectorHeader;
		uid: number;
		lockFlagPos: number;
		startYYMMDDHHmm: string;
		endYYMMDDHHmm: string;
		unlockKey: number;
		psFromLock: number;
		unixSeconds: number;
	};
	expected: { sumHex: string; steps: ({ direction: string } & VectorFrame)[] };
}

export interface CrcTableVector {
	kind: 'crc8-table';
	expected: { tableHex: string };
}
export interface CrcVector {
	kind: 'crc8';
	id: string;
	expected: { results: { hex: string; crcHex: string }[] };
}
export interface AesVector {
	kind: 'aes';
	input: { keyHex: string; encryptPlainHex: string; decryptCipherHex: string };
	expected: { encryptedHex: string; decryptedHex: string };
}
export interface AdvertisementVector {
	kind: 'advertisement';
	id: string;
	input: { companyIdLE: number; payloadAfterCompanyIdHex: string };
	expected: Record<string, unknown>;
}
export interface CredentialVector {
	kind: 'credential';
	input: { plain: string; seed: number };
	expected: { base64: string };
}

export type TtlockVector =
	| FrameVector<'frame'>
	| FrameVector<'response'>
	| ExchangeVector
	| CrcTableVector
	| CrcVector
	| AesVector
	| AdvertisementVector
	| CredentialVector;

/** All vectors, and those of one kind by their type. */
export function readTtlock(): TtlockVector[] {
	const text = readFileSync(new URL('ttlock.json', import.meta.url), 'utf8');
	return (JSON.parse(text) as { vectors: TtlockVector[] }).vectors;
}

export function vectorsOf<K extends TtlockVector['kind']>(
	kind: K
): Extract<TtlockVector, { kind: K }>[] {
	return readTtlock().filter((vector) => vector.kind === kind) as never;
}
