import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forward, inverse, mac } from '../../src/lib/protocol/aes.ts';
import { fromHex, toHex } from '../../src/lib/protocol/bytes.ts';

const block = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('AES-128', () => {
	it.each([
		// FIPS-197, appendix B and C.1
		[
			'2b7e151628aed2a6abf7158809cf4f3c',
			'3243f6a8885a308d313198a2e0370734',
			'3925841d02dc09fbdc118597196a0b32'
		],
		[
			'000102030405060708090a0b0c0d0e0f',
			'00112233445566778899aabbccddeeff',
			'69c4e0d86a7b0430d8cdb78070b4c55a'
		]
	])('passes FIPS-197 under %s', (key, plain, cipher) => {
		expect(toHex(forward(fromHex(key), fromHex(plain)))).toBe(cipher);
		expect(toHex(inverse(fromHex(key), fromHex(cipher)))).toBe(plain);
	});

	it('undoes itself', () => {
		fc.assert(
			fc.property(block, block, (key, plain) => {
				expect(toHex(inverse(key, forward(key, plain)))).toBe(toHex(plain));
			})
		);
	});
});

describe('AES-CMAC', () => {
	const message =
		'6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51' +
		'30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';

	it.each([
		// RFC 4493, section 4
		[0, 'bb1d6929e95937287fa37d129b756746'],
		[16, '070a16b46b4d4144f79bdd9dd04a287c'],
		[40, 'dfa66747de9ae63030ca32611497c827'],
		[64, '51f0bebf7e3b9d92fc49741779363cfe']
	])('passes RFC 4493 over %i bytes', (length, expected) => {
		const key = fromHex('2b7e151628aed2a6abf7158809cf4f3c');
		expect(toHex(mac(key, fromHex(message).subarray(0, length)))).toBe(expected);
	});
});
