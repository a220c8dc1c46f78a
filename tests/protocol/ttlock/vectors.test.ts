import { describe, expect, test } from 'vitest';
import { openCbc, sealCbc } from '../../../src/lib/protocol/aes.ts';
import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import {
	featuresData,
	movedData,
	parseAesKey,
	parseAnswer,
	parseFeatures,
	parseMoved,
	parseRandom,
	parseStatus,
	parseVendorWord,
	randomData,
	refusalAnswer,
	statusData,
	successAnswer,
	vendorWord
} from '../../../src/lib/protocol/ttlock/answers.ts';
import {
	addAdmin,
	checkAdmin,
	checkRandom,
	checkUserTime,
	finishPairing,
	getAesKey,
	greet,
	isVendorWord,
	parseAddAdmin,
	parseCheckAdmin,
	parseCheckRandom,
	parseCheckUserTime,
	sumOf,
	type Command
} from '../../../src/lib/protocol/ttlock/commands.ts';
import { PERMANENT } from '../../../src/lib/protocol/ttlock/dates.ts';
import {
	crc8,
	openAnswer,
	openCommand,
	parseFrame,
	piecesOf,
	sealAnswer,
	sealCommand
} from '../../../src/lib/protocol/ttlock/frame.ts';
import {
	DEFAULT_AES_KEY,
	encodeCredential,
	parseCredential
} from '../../../src/lib/protocol/ttlock/grant.ts';
import { parseWritePasscode, writePasscode } from '../../../src/lib/protocol/ttlock/passcodes.ts';
import {
	buildAdvertisement,
	parseAdvertisement
} from '../../../src/lib/protocol/ttlock/profile.ts';
import { logPage, parseLogPage } from '../../../src/lib/protocol/ttlock/records.ts';
import {
	getFeatures,
	getLogs,
	getStatus,
	opening,
	parseAutoLock,
	parseGetLogs,
	parseOpening,
	parseSetClock,
	setAutoLock,
	setClock
} from '../../../src/lib/protocol/ttlock/writes.ts';
import { readTtlock, vectorsOf } from '../../vectors/ttlock.ts';

/** `2611220900` as the lock's clock shows it. */
function local(text: string): number {
	const [year, month, day, hour, minute, second] = text.match(/../g)!.map(Number);
	return Date.UTC(2000 + year!, month! - 1, day, hour, minute, second ?? 0);
}

const UNIX = 1_795_311_367;
const PERIOD = { start: local('2611220900'), end: local('2611231800') };
const NOBODY = { lockFlagPos: 0, uid: 0 };
const OWNER = { adminPs: 970456745, unlockKey: 344382141 };

/** Every command of the vectors: how we build it, and what its other side reads in it. */
const COMMANDS: Record<string, [Command, (data: Bytes) => unknown, unknown]> = {
	init: [greet(), (data) => data.length, 0],
	'get-aes-key': [getAesKey(), isVendorWord, true],
	'add-admin': [addAdmin(OWNER), parseAddAdmin, OWNER],
	'calibrate-time': [setClock(local('261122013607')), parseSetClock, local('261122013607')],
	'feature-query': [getFeatures(), (data) => data.length, 0],
	'operate-finished': [finishPairing(), (data) => data.length, 0],
	'check-user-time-permanent': [
		checkUserTime(PERMANENT, NOBODY),
		parseCheckUserTime,
		{ ...PERMANENT, ...NOBODY }
	],
	'check-user-time-limited': [
		checkUserTime(PERIOD, { lockFlagPos: 3, uid: 2340 }),
		parseCheckUserTime,
		{ ...PERIOD, lockFlagPos: 3, uid: 2340 }
	],
	'check-admin': [
		checkAdmin(OWNER.adminPs, NOBODY),
		parseCheckAdmin,
		{ adminPs: OWNER.adminPs, ...NOBODY }
	],
	'check-random': [
		checkRandom(sumOf(195939070, OWNER.unlockKey)),
		parseCheckRandom,
		195939070 + OWNER.unlockKey
	],
	'status-query': [getStatus(), isVendorWord, true],
	'passcode-add-period': [
		writePasscode({ op: 'add', type: 'period', code: '246810', ...PERIOD }),
		parseWritePasscode,
		{ op: 'add', type: 'period', code: '246810', ...PERIOD }
	],
	'passcode-add-permanent': [
		writePasscode({
			op: 'add',
			type: 'permanent',
			code: '1357',
			start: local('0001010000'),
			end: null
		}),
		parseWritePasscode,
		{ op: 'add', type: 'permanent', code: '1357', start: local('0001010000'), end: null }
	],
	'passcode-delete': [
		writePasscode({ op: 'remove', type: 'period', code: '246810' }),
		parseWritePasscode,
		{ op: 'remove', type: 'period', code: '246810' }
	],
	'auto-lock-set': [setAutoLock(30), parseAutoLock, 30],
	'oplog-request': [getLogs('unread'), parseGetLogs, 'unread'],
	'ciphertext-with-crlf': [
		opening('unlock', sumOf(4399, 12345678), 1_700_000_000),
		parseOpening,
		{ sum: 4399 + 12345678, at: 1_700_000_000 }
	],
	'crc-quirk-unlock': [
		opening('unlock', sumOf(4103, 12345678), 1_700_000_000),
		parseOpening,
		{ sum: 4103 + 12345678, at: 1_700_000_000 }
	]
};

const AES_KEY = fromHex('5d21c0ffee7a4b90a1b2c3d4e5f60718');
const FEATURES = { battery: 87, words: [0x0044d1f7] };
const RECORD = {
	action: 1,
	time: local('261122013607'),
	battery: 87,
	detail: { kind: 'key', uid: 2340, recordId: UNIX, keyId: null } as const
};

/** Every answer of the vectors, from the lock's side and the phone's. */
const ANSWERS: Record<string, [Bytes, (data: Bytes) => unknown, unknown]> = {
	'get-aes-key-reply': [successAnswer(0x19, AES_KEY), parseAesKey, AES_KEY],
	'add-admin-reply': [successAnswer(0x56, vendorWord()), parseVendorWord, true],
	'feature-reply': [successAnswer(0x01, featuresData(FEATURES)), parseFeatures, FEATURES],
	'status-reply': [
		successAnswer(0x14, statusData({ battery: 63, unlocked: false })),
		parseStatus,
		{ battery: 63, unlocked: false }
	],
	'failed-reply': [refusalAnswer(0x55, 'ekey-expired'), (data) => data.length, 0],
	'oplog-reply': [
		successAnswer(0x25, logPage({ next: 41, records: [RECORD] })),
		(data) => parseLogPage(data, true),
		{ next: 41, records: [RECORD] }
	]
};

describe('every vector', () => {
	test('is known here', () => {
		const known = [...Object.keys(COMMANDS), ...Object.keys(ANSWERS)].sort();
		const given = [...vectorsOf('frame'), ...vectorsOf('response')].map(({ id }) => id).sort();
		expect(known).toEqual(given);
		expect(readTtlock()).toHaveLength(33);
	});
	test.each(vectorsOf('frame').map((vector) => [vector.id, vector] as const))(
		'command %s, both directions',
		(id, { input, expected }) => {
			const [command, parse, meaning] = COMMANDS[id]!;
			const key = fromHex(input.aesKeyHex);
			expect(command.opcode).toBe(Number(input.command));
			expect(toHex(command.data)).toBe(expected.plainHex);
			const frame = sealCommand(input.header, command, key);
			expect(toHex(frame)).toBe(expected.frameHex);
			expect(piecesOf(frame).map(toHex)).toEqual(expected.writeChunksHex);
			const read = parseFrame(fromHex(expected.frameHex))!;
			expect(read.header).toEqual(input.header);
			expect(read.command).toBe(Number(input.command));
			expect(toHex(read.payload)).toBe(expected.cipherHex);
			expect(parse(openCommand(read, key)!)).toEqual(meaning);
		}
	);
	test.each(vectorsOf('response').map((vector) => [vector.id, vector] as const))(
		'answer %s, both directions',
		(id, { input, expected }) => {
			const [plain, parse, meaning] = ANSWERS[id]!;
			const key = fromHex(input.aesKeyHex);
			const command = Number(input.frameCommandByte);
			expect(toHex(plain)).toBe(expected.plainHex);
			const frame = sealAnswer(input.header, plain, key, command);
			expect(toHex(frame)).toBe(expected.frameHex);
			expect(piecesOf(frame).map(toHex)).toEqual(expected.notifyChunksHex);
			const read = parseFrame(fromHex(expected.frameHex))!;
			expect(read.command).toBe(command);
			const answer = parseAnswer(openAnswer(read, key)!)!;
			expect(answer.result).toBe(id === 'failed-reply' ? 'ekey-expired' : 'success');
			expect(parse(answer.data)).toEqual(meaning);
		}
	);
	test.each(vectorsOf('exchange').map((vector) => [vector.id, vector] as const))(
		'exchange %s, both sides',
		(id, { input, expected }) => {
			const action = id === 'unlock-exchange' ? 'unlock' : 'lock';
			const { header, uid, lockFlagPos, unlockKey, psFromLock, unixSeconds } = input;
			const key = fromHex(input.aesKeyHex);
			const window = { start: local(input.startYYMMDDHHmm), end: local(input.endYYMMDDHHmm) };
			const [first, second, third, fourth] = expected.steps.map(({ frameHex }) => frameHex);
			const asked = sealCommand(header, checkUserTime(window, { lockFlagPos, uid }), key);
			expect(toHex(asked)).toBe(first);
			const given = sealAnswer(header, successAnswer(0x55, randomData(psFromLock)), key);
			expect(toHex(given)).toBe(second);
			const random = parseRandom(parseAnswer(openAnswer(parseFrame(given)!, key)!)!.data)!;
			const sum = sumOf(random, unlockKey);
			expect(sum.toString(16).padStart(8, '0')).toBe(expected.sumHex);
			const opened = sealCommand(header, opening(action, sum, unixSeconds), key);
			expect(toHex(opened)).toBe(third);
			const answer = parseAnswer(openAnswer(parseFrame(fromHex(fourth!))!, key)!)!;
			const moved = parseMoved(answer.data)!;
			expect(moved.record).toMatchObject({ uid, recordId: unixSeconds });
			const said = successAnswer(answer.opcode, movedData(moved));
			expect(toHex(sealAnswer(header, said, key))).toBe(fourth);
			for (const step of expected.steps) {
				const pieces = step.writeChunksHex ?? step.notifyChunksHex;
				expect(piecesOf(fromHex(step.frameHex)).map(toHex)).toEqual(pieces);
			}
		}
	);
	test('of the checksum', () => {
		const table = Array.from({ length: 256 }, (_, i) => crc8(Uint8Array.of(i)));
		expect(toHex(Uint8Array.from(table))).toBe(vectorsOf('crc8-table')[0]!.expected.tableHex);
		for (const { hex, crcHex } of vectorsOf('crc8').flatMap(({ expected }) => expected.results))
			expect(toHex(Uint8Array.of(crc8(fromHex(hex))))).toBe(crcHex);
	});
	test('of the cipher', () => {
		const [{ input, expected }] = vectorsOf('aes') as [ReturnType<typeof vectorsOf<'aes'>>[0]];
		expect(input.keyHex).toBe(DEFAULT_AES_KEY);
		const key = fromHex(input.keyHex);
		expect(toHex(sealCbc(key, key, fromHex(input.encryptPlainHex)))).toBe(expected.encryptedHex);
		expect(toHex(openCbc(key, key, fromHex(input.decryptCipherHex))!)).toBe(expected.decryptedHex);
	});
	test.each(vectorsOf('advertisement').map((vector) => [vector.id, vector] as const))(
		'advertisement %s, both directions',
		(_, { input, expected }) => {
			const data = fromHex(input.payloadAfterCompanyIdHex);
			const advertisement = parseAdvertisement(input.companyIdLE, data);
			expect(advertisement).toMatchObject(expected);
			const built = buildAdvertisement(advertisement);
			// Bytes 5..8 are unknown; we send zeros.
			expect(toHex(built.subarray(0, 3))).toBe(toHex(data.subarray(0, 3)));
			expect(toHex(built.subarray(-6))).toBe(toHex(data.subarray(-6)));
		}
	);
	test('of credentials', () => {
		const [{ input, expected }] = vectorsOf('credential') as [
			ReturnType<typeof vectorsOf<'credential'>>[0]
		];
		expect(encodeCredential(input.plain, input.seed)).toBe(expected.base64);
		expect(parseCredential(expected.base64)).toBe(input.plain);
		expect(parseCredential('0344382141')).toBe('0344382141');
	});
});
