/**
 * A second implementation of docs/door-lock.md section 4, from that page and node:crypto alone; it
 * imports nothing of ours, so that an error shared by server and lock shows. Writes passcodes.json:
 *
 *     node tests/vectors/passcodes-reference.ts > tests/vectors/passcodes.json
 */
import { createCipheriv, hkdfSync } from 'node:crypto';

const aes = (key: Buffer, block: Buffer): Buffer =>
	createCipheriv('aes-128-ecb', key, null).setAutoPadding(false).update(block);

function bytesOf(number: bigint, length: number): Buffer {
	return Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');
}

/** NIST SP 800-38G, algorithm 7, radix 10, empty tweak, 8 or 9 digits. */
function ff1(key: Buffer, digits: string): string {
	const [n, u] = [digits.length, Math.floor(digits.length / 2)];
	const v = n - u;
	const b = Math.ceil(Math.ceil(v * Math.log2(10)) / 8);
	const d = 4 * Math.ceil(b / 4) + 4;
	const P = Buffer.from([1, 2, 1, 0, 0, 10, 10, u, 0, 0, 0, n, 0, 0, 0, 0]);
	let [A, B] = [digits.slice(0, u), digits.slice(u)];
	for (let i = 0; i < 10; i++) {
		const pad = Buffer.alloc((((-b - 1) % 16) + 16) % 16);
		const Q = Buffer.concat([pad, Buffer.from([i]), bytesOf(BigInt(B), b)]);
		let R: Buffer = Buffer.alloc(16);
		const PQ = Buffer.concat([P, Q]);
		for (let at = 0; at < PQ.length; at += 16)
			R = aes(key, Buffer.from(R.map((byte, j) => byte ^ PQ[at + j]!)));
		const y = BigInt(`0x${R.subarray(0, d).toString('hex')}`);
		const m = i % 2 === 0 ? u : v;
		const c = (BigInt(A) + y) % 10n ** BigInt(m);
		[A, B] = [B, c.toString().padStart(m, '0')];
	}
	return A + B;
}

const H = 87_672;
const h = (local: string): number => {
	const hours = Math.floor((Date.parse(`${local}Z`) - Date.UTC(2020, 0, 1)) / 3_600_000);
	return ((hours % H) + H) % H;
};
const hoursBetween = (from: string, to: string): number =>
	Math.floor(Date.parse(`${to}Z`) / 3_600_000) - Math.floor(Date.parse(`${from}Z`) / 3_600_000);

interface Wish {
	type: number;
	start: string;
	end?: string;
	i?: number;
	months?: number;
}

/** The code of section 4.3. `months` stands in the wish so that no calendar is needed here. */
function code(K: Buffer, { type, start, end = '', i = 0, months }: Wish): string {
	const once = 0;
	const permanent = H * 200;
	const remove = permanent + H * 20;
	const cyclic = remove + H;
	const short = cyclic + 5_760;
	const eight = (number: number) => ff1(K, String(number).padStart(8, '0'));
	const nine = (number: number) => ff1(K, String(number).padStart(9, '0'));
	if (type === 1) return eight(once + h(start) * 200 + i);
	if (type === 2) return eight(permanent + h(start) * 20 + i);
	if (type === 4) return eight(remove + h(start));
	if (type >= 5) {
		const [first, last] = [Number(start.slice(11, 13)), (Number(end.slice(11, 13)) + 23) % 24];
		return eight(cyclic + ((type - 5) * 24 + first) * 24 + last);
	}
	if (months !== undefined) return nine(H * 8_616 + h(start) * 108 + months - 13);
	const hours = hoursBetween(start, end);
	if (hours <= 168) return eight(short + h(start) * 168 + hours - 1);
	return nine(h(start) * 8_616 + hours - 169);
}

const WISHES: Wish[] = [
	{ type: 1, start: '2026-11-22T19:20', i: 0 },
	{ type: 1, start: '2026-11-22T19:00', i: 199 },
	{ type: 2, start: '2026-11-22T19:59', i: 0 },
	{ type: 2, start: '2032-02-29T00:00', i: 19 },
	{ type: 3, start: '2026-11-22T19:20', end: '2026-11-22T20:10' },
	{ type: 3, start: '2026-11-22T19:00', end: '2026-11-29T19:00' },
	{ type: 3, start: '2026-11-22T19:00', end: '2026-11-29T20:00' },
	{ type: 3, start: '2021-07-22T09:11', end: '2021-11-15T02:58' },
	{ type: 3, start: '2027-03-01T00:00', end: '2028-03-01T00:00' },
	{ type: 3, start: '2020-10-18T00:00', end: '2022-10-18T00:00', months: 24 },
	{ type: 3, start: '2026-11-22T19:00', end: '2036-11-22T19:00', months: 120 },
	{ type: 4, start: '2026-11-22T19:00' },
	...Array.from({ length: 10 }, (_, n) => ({
		type: 5 + n,
		start: '2026-11-28T08:00',
		end: '2026-11-28T17:00'
	})),
	{ type: 6, start: '2026-11-28T00:00', end: '2026-11-29T00:00' }
];

/** `year ‖ ten years`, from 80 bytes of 42. */
function seedOf(): Buffer {
	const year = bytesOf(BigInt(0x4242 % 1071) * 2n ** 36n + (0x424242424242n % 10n ** 10n), 6);
	return Buffer.concat([Buffer.from([26]), ...Array.from({ length: 10 }, () => year)]);
}

export function makePasscodes() {
	const seed = seedOf();
	const K = Buffer.from(hkdfSync('sha256', seed, Buffer.alloc(0), 'hasp door passcodes', 16));
	const codes = WISHES.map((wish) => ({ ...wish, code: code(K, wish) }));
	return { seedHex: seed.toString('hex'), keyHex: K.toString('hex'), codes };
}

if (import.meta.main) console.log(JSON.stringify(makePasscodes(), null, '\t'));
