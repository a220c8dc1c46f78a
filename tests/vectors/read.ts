import { readFileSync } from 'node:fs';
import type { makeScheme } from './make-scheme.ts';

/** Input and what the Android library made of it. */
export interface NokeVectors {
	offlineUnlock: {
		id: string;
		variant: 'plain' | 'scheduled';
		input: { offlineKey: string; unlockCmd: string; session: string; unixTime: number };
		expect: { header: string; combinedKey: string; block: string; packet: string };
	}[];
	sessionAndResponse: (SessionVector | AdvertisementVector | ResponsesVector)[];
}

export interface SessionVector {
	kind: 'session';
	id: string;
	input: { stateCharacteristicHex: string };
	expect: { batteryMillivolts: number; session: string };
}

export interface AdvertisementVector {
	kind: 'advertisement';
	id: string;
	input: { name: string; advertisingDataHex: string };
	expect: {
		manufacturerPayloadHex: string;
		statusByte: number;
		setupFlag: number;
		version: string;
		hardwareVersion: string;
		softwareVersion: string;
		lockStateAndroid: number;
		macFromName: string;
	};
}

export interface ResponsesVector {
	kind: 'responses';
	id: string;
	input: { commands: string; notifications: { atUnix: number; hex: string }[] };
	expect: { trace: string[]; remainingCommands: string[]; uploadLogs: { responses: string[] }[] };
}

function read(name: string): unknown {
	return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

export function readNoke(): NokeVectors {
	return read('noke.json') as NokeVectors;
}

export function readScheme(): ReturnType<typeof makeScheme> {
	return read('scheme.json') as ReturnType<typeof makeScheme>;
}
