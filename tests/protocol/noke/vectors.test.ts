import { describe, expect, it } from 'vitest';
import { fromHex, readLittleEndian, toHex } from '../../../src/lib/protocol/bytes.ts';
import { RESULTS, UNKNOWN_RESULT_ERROR } from '../../../src/lib/protocol/noke/answers.ts';
import { mix, openCommand, sum8 } from '../../../src/lib/protocol/noke/frame.ts';
import {
	offlineUnlockPacket,
	scheduledUnlockPacket
} from '../../../src/lib/protocol/noke/offline.ts';
import {
	buildAdvertisement,
	buildName,
	parseAdvertisement,
	parseName,
	parseSession
} from '../../../src/lib/protocol/noke/profile.ts';
import { converse, type LockEvent } from '../../../src/lib/protocol/noke/programs.ts';
import { readNoke, type ResponsesVector } from '../../vectors/read.ts';

const { offlineUnlock, sessionAndResponse } = readNoke();

function ofKind<K extends string, V extends { kind: string }>(kind: K, all: readonly V[]) {
	return all.filter((vector): vector is V & { kind: K } => vector.kind === kind);
}

describe.each(offlineUnlock)('offline unlock: $id', ({ variant, input, expect: want }) => {
	const grant = { offlineKey: input.offlineKey, unlockCommand: input.unlockCmd };
	const session = fromHex(input.session);

	it('makes the packet of the library', () => {
		const packet =
			variant === 'plain'
				? offlineUnlockPacket({ ...grant, session, at: input.unixTime })
				: scheduledUnlockPacket({ ...grant, session });
		expect(toHex(packet)).toBe(want.packet);
	});

	it('reads back as the block the library enciphered', () => {
		const key = fromHex(input.offlineKey);
		const block = openCommand(fromHex(want.packet), key, session);
		expect(toHex(mix(key, session))).toBe(want.combinedKey);
		expect(toHex(block)).toBe(want.block);
		if (variant !== 'plain') return;
		expect(readLittleEndian(block, 2, 4)).toBe(input.unixTime);
		expect(block[15]).toBe(sum8(block));
	});
});

describe.each(ofKind('session', sessionAndResponse))('session: $id', ({ input, expect: want }) => {
	it('gives battery and session', () => {
		expect(parseSession(fromHex(input.stateCharacteristicHex))).toEqual({
			batteryMillivolts: want.batteryMillivolts,
			session: want.session.toLowerCase()
		});
	});
});

/** Payloads of the AD structures in an advertising packet: length, type, payload. */
function structures(data: Uint8Array): Map<number, Uint8Array> {
	const found = new Map<number, Uint8Array>();
	for (let at = 0; (data[at] ?? 0) > 0; at += data[at]! + 1)
		found.set(data[at + 1]!, data.subarray(at + 2, at + 1 + data[at]!));
	return found;
}

describe.each(ofKind('advertisement', sessionAndResponse))(
	'advertisement: $id',
	({ input, expect: want }) => {
		const payload = structures(fromHex(input.advertisingDataHex)).get(0xff)!;
		const withoutCompany = payload.subarray(2);

		it('gives state, version and MAC', () => {
			expect(toHex(payload)).toBe(want.manufacturerPayloadHex);
			expect(withoutCompany[0]).toBe(want.statusByte);
			expect(parseName(input.name)).toEqual({
				mac: want.macFromName,
				hardwareType: want.hardwareVersion
			});
			expect(parseAdvertisement(input.name, withoutCompany)).toEqual({
				setUp: want.setupFlag === 1,
				version: want.version,
				hardwareType: want.hardwareVersion,
				firmware: want.softwareVersion,
				lockState: want.lockStateAndroid
			});
		});

		it('is built as the lock sent it', () => {
			expect(buildName(want.macFromName, want.hardwareVersion)).toBe(input.name);
			const lockState = withoutCompany[0]! >> 5;
			const built = buildAdvertisement({
				setUp: want.setupFlag === 1,
				lockState,
				firmware: want.softwareVersion
			});
			expect(toHex(built)).toBe(toHex(withoutCompany));
		});
	}
);

/** Drives the conversation with the recorded notifications and writes down what the library did. */
function traceOf({ input }: ResponsesVector) {
	const packets = input.commands.split('+').map((hex) => fromHex(hex));
	const trace: string[] = packets.length > 1 ? ['syncing'] : [];
	const responses: string[] = [];
	let lastSucceeded = false;
	const tell = (event: LockEvent) => {
		if (event.kind === 'server-packet') responses.push(toHex(event.packet).toUpperCase());
		if (event.kind === 'answered') {
			const { result } = event;
			const error = result === 'unknown' ? UNKNOWN_RESULT_ERROR : RESULTS[result].nokeError;
			if (error !== null) trace.push(`error ${error}`);
			lastSucceeded = result === 'success';
		}
		if (event.kind === 'finished' && lastSucceeded) trace.push('unlocked', 'upload');
		if (event.kind !== 'shutdown') return;
		trace.push(`shutdown isLocked=${!event.open} didTimeout=${event.timedOut}`, 'disconnect');
	};
	const arriving = input.notifications.values();
	const program = converse(packets, packets.length - 1);
	let turn = program.next();
	while (!turn.done) {
		const step = turn.value;
		if ('receive' in step) {
			const { value } = arriving.next();
			if (value) trace.push(`rx ${value.hex}`);
			turn = program.next(value ? fromHex(value.hex) : 'gone');
			continue;
		}
		if ('send' in step) trace.push(`write ${toHex(step.send)}`);
		else tell(step.tell);
		turn = program.next();
	}
	return { trace, responses, remaining: packets.slice(turn.value.answered).map(toHex) };
}

describe.each(ofKind('responses', sessionAndResponse))('conversation: $id', (vector) => {
	it('writes, reports and uploads as the library does', () => {
		const { trace, responses, remaining } = traceOf(vector);
		expect(trace).toEqual(vector.expect.trace);
		expect(remaining).toEqual(vector.expect.remainingCommands);
		expect(responses).toEqual(vector.expect.uploadLogs.flatMap((entry) => entry.responses));
	});
});
