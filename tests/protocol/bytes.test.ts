import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	ascii,
	bigEndian,
	concat,
	equal,
	fromHex,
	littleEndian,
	readLittleEndian,
	toHex
} from '../../src/lib/protocol/bytes.ts';

const bytes = fc.uint8Array({ maxLength: 64 });

describe('hex', () => {
	it('returns what went in, in either case', () => {
		fc.assert(
			fc.property(bytes, (given) => {
				expect([...fromHex(toHex(given))]).toEqual([...given]);
				expect([...fromHex(toHex(given).toUpperCase())]).toEqual([...given]);
			})
		);
	});

	it.each(['0', 'abc', '0g', ' 00', '0x00', '٠٠', '00\n'])('refuses %j', (text) => {
		expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'bad-hex' }));
	});

	it('refuses another length than it must have', () => {
		expect(() => fromHex('0000', 3)).toThrow(expect.objectContaining({ code: 'bad-length' }));
	});
});

describe('numbers', () => {
	it('go little-endian and back', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 0xffffffff }), (value) => {
				expect(readLittleEndian(littleEndian(value, 4), 0, 4)).toBe(value);
				expect([...bigEndian(value, 4)]).toEqual([...littleEndian(value, 4)].reverse());
			})
		);
	});

	it('are never read past the end', () => {
		expect(() => readLittleEndian(new Uint8Array(5), 2, 4)).toThrow(
			expect.objectContaining({ code: 'bad-length' })
		);
	});
});

describe('arrays', () => {
	it('join in order', () => {
		expect(toHex(concat(ascii('ab'), new Uint8Array(0), Uint8Array.of(1)))).toBe('616201');
	});

	it('are equal only when every byte is', () => {
		fc.assert(
			fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, at, flip) => {
				expect(equal(given, given.slice())).toBe(true);
				expect(equal(given, concat(given, Uint8Array.of(0)))).toBe(false);
				if (given.length === 0) return;
				const other = given.slice();
				other[at % given.length]! ^= flip;
				expect(equal(given, other)).toBe(false);
			})
		);
	});
});
