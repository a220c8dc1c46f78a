import { describe, expect, it, test } from 'vitest';
import {
	COUNTS,
	holdsAt,
	isFirstUse,
	RANDOM_TYPE,
	randomPasscode,
	randomPasscodeKey,
	readRandomPasscode,
	roundPasscode,
	type RandomType
} from '../../../src/lib/protocol/ttlock/random-passcodes.ts';
import { passcodeSeed } from '../../../src/lib/protocol/ttlock/writes.ts';
import { numbers } from '../../pair/ttlock/air.ts';

const KEY = randomPasscodeKey(passcodeSeed(2026, new Uint8Array(80).fill(0x42)));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 10, 22, 19);
const TYPES = Object.keys(RANDOM_TYPE) as RandomType[];
const CYCLIC = TYPES.filter((type) => RANDOM_TYPE[type] >= 5);

/** A wish of every type. */
function wishOf(type: RandomType) {
	if (type === 'period') return { type, start: START, end: START + 3 * DAY };
	if (RANDOM_TYPE[type] < 5) return { type, start: START };
	return { type, start: Date.UTC(2026, 10, 22, 8), end: Date.UTC(2026, 10, 22, 17) };
}
const codeOf = (wish: Parameters<typeof roundPasscode>[0], key = KEY) =>
	randomPasscode(key, roundPasscode(wish));

it('has the fourteen types of the open API', () => {
	expect(Object.values(RANDOM_TYPE)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
});

describe.each(TYPES)('type %s', (type) => {
	const wish = wishOf(type);
	it('is the same for server and lock, 8 or 9 digits, another for another lock', () => {
		const code = codeOf(wish);
		expect(code).toMatch(/^\d{8,9}$/);
		expect(codeOf(wish)).toBe(code);
		const other = randomPasscodeKey(passcodeSeed(2026, new Uint8Array(80).fill(0x43)));
		expect(codeOf(wish, other)).not.toBe(code);
		const read = readRandomPasscode(KEY, code, START);
		expect(read).toEqual(roundPasscode(wish));
	});
	it('works to the hour: 19:20 acts as 19:00', () => {
		const late = { ...wish, start: wish.start + 20 * 60_000 + 59_999 };
		expect(codeOf(late)).toBe(codeOf(wish));
		if ('end' in wish && wish.end)
			expect(codeOf({ ...wish, end: wish.end + 59 * 60_000 })).toBe(codeOf(wish));
	});
});

test('200 one-time and 20 permanent codes for one start, all different, and no more', () => {
	for (const type of ['once', 'permanent'] as const) {
		const codes = Array.from({ length: COUNTS[type] }, (_, index) =>
			codeOf({ type, start: START, index })
		);
		expect(new Set(codes).size).toBe(type === 'once' ? 200 : 20);
		expect(() => codeOf({ type, start: START, index: COUNTS[type] })).toThrow();
	}
	expect(() => codeOf({ type: 'period', start: START, end: START + HOUR, index: 1 })).toThrow();
});

describe('a period', () => {
	const period = (end: number, start = START) => codeOf({ type: 'period', start, end });
	it('has exactly one code for each start and end', () => {
		const codes = new Set<string>();
		for (let hours = 1; hours <= 8_760; hours++) codes.add(period(START + hours * HOUR));
		expect(codes.size).toBe(8_760);
	});
	it('of up to a year is of hours, of more of whole months', () => {
		const at = (text: string) => Date.parse(`${text}:00Z`);
		const start = at('2020-10-18T00:00');
		const of = (end: string) => period(at(end), start);
		expect(of('2021-10-17T23:00')).toMatch(/^\d{9}$/);
		expect(of('2021-10-18T00:00')).toMatch(/^\d{9}$/);
		expect(() => of('2021-10-18T01:00')).toThrow();
		expect(() => of('2022-10-17T00:00')).toThrow();
		expect(() => of('2022-10-18T01:00')).toThrow();
		const code = of('2022-10-18T00:00');
		expect(readRandomPasscode(KEY, code, start + HOUR)).toMatchObject({
			type: 'period',
			start,
			end: at('2022-10-18T00:00')
		});
		expect(of('2030-10-18T00:00')).toMatch(/^\d{9}$/);
		expect(() => of('2030-11-18T00:00')).toThrow();
	});
	it('from a day that another month lacks ends only where it has one', () => {
		const start = Date.UTC(2026, 0, 31);
		expect(() => period(Date.UTC(2027, 1, 28), start)).toThrow();
		expect(() => period(Date.UTC(2027, 2, 3), start)).toThrow();
		expect(period(Date.UTC(2027, 2, 31), start)).toMatch(/^\d{9}$/);
		const leap = Date.UTC(2028, 1, 29);
		expect(period(Date.UTC(2029, 2, 1), leap)).toMatch(/^\d{9}$/);
		expect(period(Date.UTC(2032, 1, 29), leap)).toMatch(/^\d{9}$/);
	});
	test.each([0, -1, -HOUR, -DAY])('of %i ms is none', (span) => {
		expect(() => period(START + span)).toThrow();
	});
	it('without an end is none', () => {
		expect(() => codeOf({ type: 'period', start: START })).toThrow();
		expect(() => codeOf({ type: 'daily', start: START })).toThrow();
	});
	it('is first used within 24 hours of its start, and holds to its end', () => {
		const passcode = roundPasscode({ type: 'period', start: START, end: START + 9 * DAY });
		expect(isFirstUse(passcode, START - 1)).toBe(false);
		expect(isFirstUse(passcode, START)).toBe(true);
		expect(isFirstUse(passcode, START + DAY - 1)).toBe(true);
		expect(isFirstUse(passcode, START + DAY)).toBe(false);
		expect(holdsAt(passcode, START + 9 * DAY - 1)).toBe(true);
		expect(holdsAt(passcode, START + 9 * DAY)).toBe(false);
	});
});

describe('a cyclic code', () => {
	const daysOf = (type: RandomType) =>
		Array.from({ length: 7 }, (_, i) => Date.UTC(2026, 10, 23 + i, 12)).map((noon) =>
			holdsAt(roundPasscode(wishOf(type)), noon)
		);
	const days = (text: string) => [...text].map((day) => day === 'x');
	test.each([
		['weekend', '     xx'],
		['daily', 'xxxxxxx'],
		['workday', 'xxxxx  '],
		['monday', 'x      '],
		['tuesday', ' x     '],
		['wednesday', '  x    '],
		['thursday', '   x   '],
		['friday', '    x  '],
		['saturday', '     x '],
		['sunday', '      x']
	] as const)('of %s holds on its days (from Monday: %s)', (type, text) => {
		expect(daysOf(type)).toEqual(days(text));
	});
	it('holds in its hours, also those to midnight', () => {
		const daily = roundPasscode(wishOf('daily'));
		const at = (hour: number, minute = 0) => Date.UTC(2026, 11, 1, hour, minute);
		expect([at(7, 59), at(8), at(16, 59), at(17)].map((now) => holdsAt(daily, now))).toEqual([
			false,
			true,
			true,
			false
		]);
		const late = roundPasscode({
			type: 'daily',
			start: Date.UTC(2026, 10, 22, 20),
			end: Date.UTC(2026, 10, 23)
		});
		expect([at(19), at(20), at(23, 59), at(0)].map((now) => holdsAt(late, now))).toEqual([
			false,
			true,
			true,
			false
		]);
	});
	it('is the same whatever day it is asked for, and must not go past midnight', () => {
		for (const type of CYCLIC) {
			const { start, end } = wishOf(type) as { start: number; end: number };
			expect(codeOf({ type, start: start + 9 * DAY, end: end + 9 * DAY })).toBe(
				codeOf({ type, start, end })
			);
			expect(() => codeOf({ type, start: end, end: start + DAY })).toThrow();
		}
	});
});

test('every code that a server gives is read back as it was meant, and not as another', () => {
	const random = numbers(7);
	for (let i = 0; i < 20_000; i++) {
		const type = TYPES[random(TYPES.length)]!;
		const start = Date.UTC(2024, 0, 1) + random(90_000) * HOUR;
		const hour = random(23);
		const day = Math.floor(start / DAY) * DAY;
		const wish = CYCLIC.includes(type)
			? { type, start: day + hour * HOUR, end: day + (hour + 1 + random(24 - hour)) * HOUR }
			: type === 'period'
				? { type, start, end: start + (1 + random(8_736)) * HOUR }
				: { type, start, index: random(type === 'once' ? 200 : type === 'permanent' ? 20 : 1) };
		const rounded = roundPasscode(wish);
		const now = rounded.start + (CYCLIC.includes(type) ? 0 : random(6)) * HOUR;
		const read = readRandomPasscode(KEY, randomPasscode(KEY, rounded), now);
		expect(read).toEqual(rounded);
	}
});

test('a guess is nearly always none: fewer than one in 4,000 opens', () => {
	const random = numbers(11);
	const tries = 40_000;
	let opens = 0;
	for (let i = 0; i < tries; i++) {
		const digits = 8 + random(2);
		const code = String(random(10 ** digits)).padStart(digits, '0');
		const read = readRandomPasscode(KEY, code, START);
		if (read && isFirstUse(read, START)) opens++;
	}
	expect(opens / tries).toBeLessThan(1 / 4_000);
});

test('a code comes back only after ten years', () => {
	const code = codeOf({ type: 'delete', start: START });
	expect(codeOf({ type: 'delete', start: START + 87_672 * HOUR })).toBe(code);
	expect(readRandomPasscode(KEY, '1234567', START)).toBeNull();
	expect(readRandomPasscode(KEY, '12345678x', START)).toBeNull();
});
