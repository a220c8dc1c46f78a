import { readFileSync } from 'node:fs';
import { expect, it, test } from 'vitest';
import { toHex } from '../../../src/lib/protocol/bytes.ts';
import {
	RANDOM_TYPE,
	randomPasscode,
	randomPasscodeKey,
	readRandomPasscode,
	roundPasscode,
	type RandomType
} from '../../../src/lib/protocol/ttlock/random-passcodes.ts';
import { passcodeSeed } from '../../../src/lib/protocol/ttlock/writes.ts';
import { makePasscodes } from '../../vectors/passcodes-reference.ts';

const stored = JSON.parse(
	readFileSync(new URL('../../vectors/passcodes.json', import.meta.url), 'utf8')
) as ReturnType<typeof makePasscodes>;
const seed = passcodeSeed(2026, new Uint8Array(80).fill(0x42));
const key = randomPasscodeKey(seed);
const local = (text: string): number => Date.parse(`${text}Z`);

it('the page alone is enough to compute a lock’s passcodes', () => {
	expect(makePasscodes()).toEqual(stored);
	expect(toHex(seed)).toBe(stored.seedHex);
	expect(toHex(key)).toBe(stored.keyHex);
	expect(new Set(stored.codes.map(({ type }) => type)).size).toBe(14);
});

test.each(stored.codes)('type $type from $start to $end', ({ type, start, end, i, code }) => {
	const name = Object.entries(RANDOM_TYPE).find(([, number]) => number === type)![0];
	const passcode = roundPasscode({
		type: name as RandomType,
		start: local(start),
		end: end === undefined ? null : local(end),
		index: i ?? 0
	});
	expect(randomPasscode(key, passcode)).toBe(code);
	expect(readRandomPasscode(key, code, passcode.start)).toEqual(passcode);
});
