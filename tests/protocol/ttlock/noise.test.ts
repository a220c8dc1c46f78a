import { expect, it, test } from 'vitest';
import { fromHex, toHex, type Bytes } from '../../../src/lib/protocol/bytes.ts';
import {
	featuresData,
	movedData,
	parseAdminPasscode,
	parseAesKey,
	parseAnswer,
	parseAutoLockAnswer,
	parseClock,
	parseDeviceInfo,
	parseFeatures,
	parseMoved,
	parsePush,
	parseRandom,
	parseStatus,
	parseSwitchAnswer,
	randomData,
	statusData,
	successAnswer
} from '../../../src/lib/protocol/ttlock/answers.ts';
import {
	addAdmin,
	checkAdmin,
	checkUserTime,
	OPCODE,
	parseAddAdmin,
	parseCheckAdmin,
	parseCheckRandom,
	parseCheckUserTime
} from '../../../src/lib/protocol/ttlock/commands.ts';
import {
	BLOCK_LENGTH,
	buildFrame,
	crc8,
	openAnswer,
	parseFrame,
	Reassembler,
	sealAnswer,
	sealCommand
} from '../../../src/lib/protocol/ttlock/frame.ts';
import { parsePassageAnswer, parseWritePassage } from '../../../src/lib/protocol/ttlock/passage.ts';
import {
	parsePasscodeAnswer,
	parsePasscodePage,
	parseWritePasscode,
	passcodePage,
	writePasscode
} from '../../../src/lib/protocol/ttlock/passcodes.ts';
import { logPage, parseLogPage } from '../../../src/lib/protocol/ttlock/records.ts';
import {
	opening,
	parseAutoLock,
	parseGetLogs,
	parseOpening,
	parseSetAdminPasscode,
	parseSetClock,
	parseSetPasscodeSeed,
	parseSwitch
} from '../../../src/lib/protocol/ttlock/writes.ts';
import { vectorsOf } from '../../vectors/ttlock.ts';
import { HEADER, LOCAL, numbers } from '../../pair/ttlock/air.ts';

const KEY = fromHex('5d21c0ffee7a4b90a1b2c3d4e5f60718');

/** Everything that reads what comes from outside. */
const READERS: readonly ((data: Bytes) => unknown)[] = [
	parseAdminPasscode,
	parseAesKey,
	parseAutoLockAnswer,
	parseClock,
	parseDeviceInfo,
	parseFeatures,
	parseMoved,
	parseRandom,
	parseStatus,
	parseSwitchAnswer,
	parseAddAdmin,
	parseCheckAdmin,
	parseCheckRandom,
	parseCheckUserTime,
	parsePassageAnswer,
	parseWritePassage,
	(data: Uint8Array) => parsePasscodeAnswer(data, 'add'),
	parsePasscodePage,
	parseWritePasscode,
	(data) => parseLogPage(data),
	(data) => parseLogPage(data, true),
	parseAutoLock,
	parseGetLogs,
	parseOpening,
	parseSetAdminPasscode,
	parseSetClock,
	parseSetPasscodeSeed,
	parseSwitch
];

/** Bytes that are nothing, nearly something, or a frame with nonsense in it. */
function stream(random: (below: number) => number, out: Uint8Array): Uint8Array {
	const length = 1 + random(64);
	for (let i = 0; i < length; i++) out[i] = random(256);
	const kind = random(4);
	if (kind === 0) return out.subarray(0, length);
	const at = random(8);
	out.set([0x7f, 0x5a, 5, 3], at);
	if (kind === 1) return out.subarray(0, length + 12);
	const payload = BLOCK_LENGTH * random(4);
	out.set([0xaa, payload], at + 10);
	const crc = at + 12 + payload;
	for (let i = at + 12; i < crc; i++) out[i] = random(256);
	out.set([crc8(out, at, crc) ^ (kind === 2 ? 0 : random(3)), 0x0d, 0x0a], crc);
	return out.subarray(0, crc + 3 + random(4));
}

/** `npm run long -- noise` takes a million of the one and 100,000 of the other. */
const RUNS = Number(process.env['HASP_STREAMS'] ?? 50_000);
const NOISY = Number(process.env['HASP_NOISY'] ?? 10_000);

it(`${RUNS} random streams into reassembler and decoder: no throw, no hang, bounded memory`, () => {
	const random = numbers(1);
	const buffer = new Uint8Array(512);
	const reassembler = new Reassembler();
	const counts = { frame: 0, damaged: 0, opened: 0 };
	let most = 0;
	for (let run = 0; run < RUNS; run++) {
		for (const received of reassembler.feed(stream(random, buffer))) {
			counts[received.kind]++;
			if (received.kind !== 'frame') continue;
			const plain = openAnswer(received.frame, KEY);
			if (!plain) continue;
			counts.opened++;
			const answer = parseAnswer(plain);
			READERS[run % READERS.length]!(answer ? answer.data : plain);
		}
		if (run % 64 === 0) most = Math.max(most, reassembler.rest.length);
	}
	expect(most).toBeLessThan(12 + 240 + 3);
	expect(counts.frame).toBeGreaterThan(RUNS / 16);
	expect(counts.damaged).toBeGreaterThan(RUNS / 32);
	expect(counts.opened).toBeGreaterThan(RUNS / 10_000);
}, 120_000);

test('200,000 random plain texts into every reader: no throw, and nothing made up', () => {
	const random = numbers(2);
	for (let run = 0; run < 200_000; run++) {
		const data = new Uint8Array(random(48));
		for (let i = 0; i < data.length; i++) data[i] = random(4) ? random(12) : random(256);
		const answer = parseAnswer(data);
		if (answer) parsePush(answer);
		READERS[run % READERS.length]!(data);
	}
});

test('a lone start keeps nobody waiting for ever: the next whole frame comes through', () => {
	const frame = sealAnswer(HEADER, successAnswer(OPCODE.getStatus, Uint8Array.of(63, 0)), KEY);
	const random = numbers(3);
	for (let run = 0; run < 5_000; run++) {
		const reassembler = new Reassembler();
		const noise = Uint8Array.from({ length: random(40) }, () => random(256));
		if (random(2)) noise.set([0x7f, 0x5a].slice(0, noise.length), 0);
		reassembler.feed(noise);
		let heard = 0;
		for (let i = 0; i < 10; i++)
			heard += reassembler.feed(frame).filter(({ kind }) => kind === 'frame').length;
		expect(heard).toBeGreaterThan(0);
	}
});

const DIGITS = { type: 'period', code: '246810', start: LOCAL, end: LOCAL + 3_600_000 } as const;
const RECORD = {
	action: 1,
	time: LOCAL,
	battery: 87,
	detail: { kind: 'key', uid: 2340, recordId: 1_795_311_367, keyId: null }
} as const;
const PASSCODE_RECORD = {
	...{ action: 4, time: LOCAL, battery: 87 },
	detail: { kind: 'passcode', code: '123456789', newCode: '123456789' }
} as const;

/** Frames of every shape, and how the one for whom they are meant reads them. */
const FRAMES: readonly [Bytes, (data: Bytes) => unknown][] = [
	[answer(OPCODE.checkUserTime, randomData(0x1a2b3c4d)), parseRandom],
	[
		answer(OPCODE.unlock, movedData({ battery: 87, record: { uid: 1, recordId: 2, time: LOCAL } })),
		parseMoved
	],
	[answer(OPCODE.getStatus, statusData({ battery: 63, unlocked: false })), parseStatus],
	[answer(OPCODE.getFeatures, featuresData({ battery: 1, words: [1, 2, 3] })), parseFeatures],
	[answer(OPCODE.getAesKey, KEY), parseAesKey],
	[
		answer(OPCODE.getLogs, logPage({ next: 7, records: [RECORD, PASSCODE_RECORD] })),
		(data) => parseLogPage(data, true)
	],
	[
		answer(
			OPCODE.listPasscodes,
			passcodePage({
				next: null,
				passcodes: [
					{ ...DIGITS, original: '246810', cycle: null },
					{ ...DIGITS, original: '99999', code: '99999', cycle: null }
				]
			})
		),
		parsePasscodePage
	],
	[command(checkUserTime(DIGITS, { lockFlagPos: 3, uid: 9 })), parseCheckUserTime],
	[command(checkAdmin(970456745, { lockFlagPos: 0, uid: 0 })), parseCheckAdmin],
	[command(addAdmin({ adminPs: 1, unlockKey: 2 })), parseAddAdmin],
	[command(opening('unlock', 0x2eb2170a, 0x6b024707)), parseOpening],
	[command(writePasscode({ op: 'add', ...DIGITS })), parseWritePasscode]
];

function answer(opcode: number, data: Bytes): Bytes {
	return sealAnswer(HEADER, successAnswer(opcode, data), KEY);
}
function command(one: { opcode: number; data: Bytes }): Bytes {
	return sealCommand(HEADER, one, KEY);
}

/** What is believed of a frame: its command and meaning; null when it is refused at any stage. */
function believed(bytes: Uint8Array, index: number): string | null {
	const [, read] = FRAMES[index]!;
	const frame = parseFrame(bytes);
	const plain = frame && openAnswer(frame, KEY);
	if (!plain) return null;
	const isAnswer = index < 7;
	// A lock answers to its own family alone; any scene will do (docs/door-lock.md section 3).
	const { scene: _, ...family } = frame.header;
	if (!isAnswer && JSON.stringify(family) !== JSON.stringify(FAMILY)) return null;
	const said = isAnswer ? parseAnswer(plain) : { opcode: frame.command, data: plain };
	const own = parseAnswer(openAnswer(parseFrame(FRAMES[index]![0])!, KEY)!)!;
	if (!said || (isAnswer && said.opcode !== own.opcode)) return null;
	const meaning = read(said.data);
	return meaning === null ? null : JSON.stringify([said.opcode, meaning]);
}

const { scene: _, ...FAMILY } = HEADER;

it(`${NOISY} frames with noise: none accepted wrongly`, () => {
	const random = numbers(4);
	const truths = FRAMES.map(([bytes], index) => believed(bytes, index));
	expect(truths).not.toContain(null);
	let passedChecksum = 0;
	let wrongly = 0;
	for (let run = 0; run < NOISY; run++) {
		const index = run % FRAMES.length;
		const bytes = FRAMES[index]![0].slice();
		const hits = 1 + random(6);
		for (let i = 0; i < hits; i++) bytes[random(bytes.length)]! ^= 1 + random(255);
		if (parseFrame(bytes)) passedChecksum++;
		const what = believed(bytes, index);
		if (what !== null && what !== truths[index]) wrongly++;
	}
	expect(wrongly).toBe(0);
	// Eight bits of checksum let one in 256 pass: what refuses those is everything behind it.
	expect(passedChecksum).toBeGreaterThan(NOISY / 1_000);
}, 60_000);

it('and none whose noise got past the checksum: every payload but the right one is refused', () => {
	const random = numbers(5);
	for (let run = 0; run < 20_000; run++) {
		const index = run % FRAMES.length;
		const frame = parseFrame(FRAMES[index]![0])!;
		const payload = frame.payload.slice();
		const hits = 1 + random(4);
		for (let i = 0; i < hits; i++) payload[random(payload.length)]! ^= 1 + random(255);
		if (toHex(payload) === toHex(frame.payload)) continue;
		expect(believed(buildFrame({ ...frame, payload }), index), `run ${run}`).toBeNull();
	}
});

it('a frame whose ciphertext holds 0d 0a comes through whole, split anywhere', () => {
	const { expected } = vectorsOf('frame').find(({ id }) => id === 'ciphertext-with-crlf')!;
	const frame = fromHex(expected.frameHex);
	for (let cut = 0; cut <= frame.length; cut++) {
		const reassembler = new Reassembler();
		const received = [
			...reassembler.feed(frame.subarray(0, cut)),
			...reassembler.feed(frame.subarray(cut))
		];
		expect(received).toHaveLength(1);
		expect(received[0]).toMatchObject({ kind: 'frame', length: frame.length });
	}
});
