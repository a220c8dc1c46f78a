import { createCipheriv, createDecipheriv } from 'node:crypto';
import { fromHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import {
	movedData,
	parseAnswer,
	parseMoved,
	successAnswer
} from '../../src/lib/protocol/ttlock/answers.ts';
import { checkUserTime, OPCODE } from '../../src/lib/protocol/ttlock/commands.ts';
import { PERMANENT } from '../../src/lib/protocol/ttlock/dates.ts';
import {
	DEFAULT_HEADER,
	openAnswer,
	piecesOf,
	Reassembler,
	sealAnswer,
	sealCommand
} from '../../src/lib/protocol/ttlock/frame.ts';

const KEY = fromHex('5d21c0ffee7a4b90a1b2c3d4e5f60718');
/** Frames that one opening needs, both directions together. */
const OF_AN_OPENING = 4;
const ROUNDS = 7;
const FRAMES = 20_000;

/** Frames of a door lock, made and read, with one core; beside them the machine's own cipher alone. */
export function benchFrames(): Promise<void> {
	const record = { uid: 2340, recordId: 1_795_345_200, time: Date.UTC(2026, 10, 22, 10) };
	const answer = successAnswer(OPCODE.unlock, movedData({ battery: 87, record }));
	const pieces = piecesOf(sealAnswer(DEFAULT_HEADER, answer, KEY));
	const reassembler = new Reassembler();

	const encoded = perSecond((run) => {
		// Another holder each time, as nothing may be kept between two frames.
		const command = checkUserTime({ ...PERMANENT }, { lockFlagPos: 0, uid: run });
		return piecesOf(sealCommand(DEFAULT_HEADER, command, KEY)).length;
	});
	const decoded = perSecond(() => {
		let battery = 0;
		for (const piece of pieces)
			for (const received of reassembler.feed(piece)) {
				if (received.kind !== 'frame') continue;
				const said = parseAnswer(openAnswer(received.frame, KEY)!);
				battery = parseMoved(said!.data)!.battery;
			}
		return battery;
	});
	const plain = checkUserTime({ ...PERMANENT }, { lockFlagPos: 0, uid: 1 }).data;
	const sealed = seal(plain);
	const [native, opened] = [
		perSecond(() => seal(plain).length),
		perSecond(() => open(sealed).length)
	];
	console.log(
		`  encoded ${show(encoded)} frames a second, ${(encoded / native).toFixed(2)} of the cipher of Node alone (${show(native)})`
	);
	console.log(
		`  decoded ${show(decoded)} frames a second, ${(decoded / opened).toFixed(2)} of the cipher of Node alone (${show(opened)})`
	);
	const opening = (OF_AN_OPENING / 2) * (1000 / encoded + 1000 / decoded);
	console.log(
		`  ${opening.toFixed(3)} ms of an opening, ratio to a tick of the radio ${(opening / 7.5).toFixed(4)} (7.5 ms)`
	);
	return Promise.resolve();
}

/** The best of some rounds: what else the machine does only ever adds time. */
function perSecond(work: (run: number) => number): number {
	let best = 0;
	for (let round = 0; round < ROUNDS; round++) {
		let sum = 0;
		const began = performance.now();
		for (let run = 0; run < FRAMES; run++) sum += work(run);
		const took = performance.now() - began;
		if (sum <= 0) throw new Error('nothing came of it');
		best = Math.max(best, (FRAMES * 1000) / took);
	}
	return best;
}

function seal(plain: Bytes): Buffer {
	const cipher = createCipheriv('aes-128-cbc', KEY, KEY);
	return Buffer.concat([cipher.update(plain), cipher.final()]);
}

function open(sealed: Buffer): Buffer {
	const cipher = createDecipheriv('aes-128-cbc', KEY, KEY);
	return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

function show(count: number): string {
	return Math.round(count).toLocaleString('en');
}
