import { describe, expect, test } from 'vitest';
import type { QuickClick } from '../../src/lib/api/app/quick-clicks.ts';
import {
	clashWith,
	codeWords,
	revokeWords
} from '../../src/routes/(app)/(company)/locks/[mac]/manage/quick-clicks/codes.ts';
import {
	drawCode,
	isPlain,
	lines,
	mistakeIn,
	readCode,
	spoken,
	writeCode
} from '../../src/routes/(app)/(company)/locks/[mac]/manage/quick-clicks/rhythm.ts';
import {
	secondsToGuess,
	strengthOf
} from '../../src/routes/(app)/(company)/locks/[mac]/manage/quick-clicks/strength.ts';

const NOW = new Date(2025, 10, 24, 14, 0).getTime();
const CODE: QuickClick = {
	id: 'a',
	name: 'Night crew',
	code: '11010011',
	state: 'on-lock',
	uses: 12,
	startUses: 20,
	nextUses: null,
	issuedAt: NOW - 3_600_000,
	provenAt: NOW - 1_800_000,
	revokedAt: null,
	offAt: null
};

describe('what is said of a quick click', () => {
	test.each<[Partial<QuickClick>, ReturnType<typeof codeWords>['tone'], string, string]>([
		[{}, 'ready', 'On the lock', '12 of 20 uses'],
		[{ uses: 255, startUses: 255 }, 'ready', 'On the lock', 'unlimited'],
		[{ uses: 1, startUses: 1 }, 'ready', 'On the lock', '1 of 1 use'],
		[{ uses: 0 }, 'plain', 'Used up', '0 of 20 uses'],
		[{ state: 'waiting', provenAt: null }, 'plain', 'Waits for the lock', '12 of 20 uses'],
		[{ state: 'revoking', revokedAt: NOW }, 'wait', 'Revoked, still opens', 'since today 14:00'],
		[
			{ state: 'revoking', revokedAt: NOW, uses: 0 },
			'plain',
			'Revoked, used up',
			'since today 14:00'
		],
		[{ state: 'off', revokedAt: NOW - 9, offAt: NOW }, 'ready', 'Proven today 14:00', ''],
		[
			{ state: 'off', provenAt: null, revokedAt: NOW, offAt: NOW },
			'plain',
			'Never came to the lock',
			''
		]
	])('%j', (change, tone, state, uses) => {
		expect(codeWords({ ...CODE, ...change }, NOW)).toMatchObject({ tone, state, uses, next: null });
	});

	test('a number that waits is told beside what is left', () => {
		expect(codeWords({ ...CODE, nextUses: 30 }, NOW).next).toBe('then 30 uses');
		expect(codeWords({ ...CODE, name: '' }, NOW).name).toBe('From the Core API');
	});

	test('revoking promises nothing that only the lock can prove', () => {
		const [opens] = revokeWords(CODE, 'Gate');
		expect(opens).toContain('still opens Gate until its next opening with signal');
		expect(opens).toContain('12 uses left');
		expect(revokeWords({ ...CODE, uses: 255 }, 'Gate')[0]).toContain('no end of its own');
		expect(revokeWords({ ...CODE, state: 'waiting' }, 'Gate')[0]).toContain('has not proven yet');
	});

	test('a rhythm that the lock has, or still has, is named before it is sent', () => {
		expect(clashWith([CODE], '11010010')).toBeNull();
		expect(clashWith([{ ...CODE, state: 'off' }], CODE.code)).toBeNull();
		expect(clashWith([CODE], CODE.code)?.text).toBe('Night crew has it on this lock.');
		expect(clashWith([{ ...CODE, state: 'revoking' }], CODE.code)?.title).toBe(
			'This rhythm is on the lock still'
		);
	});
});

describe('a rhythm', () => {
	test('is drawn at random: every one that is not plain, each about as often', () => {
		const counts = new Map<string, number>();
		const rounds = 64 * 200;
		for (let i = 0; i < rounds; i++) {
			const code = drawCode(6, [])!;
			counts.set(code, (counts.get(code) ?? 0) + 1);
		}
		const all = Array.from({ length: 64 }, (_, n) => n.toString(2).padStart(6, '0'));
		const wanted = all.filter((code) => !isPlain(code));
		expect([...counts.keys()].sort()).toEqual(wanted);
		const mean = rounds / wanted.length;
		// Six sigma: wrong once in a hundred million runs.
		for (const count of counts.values())
			expect(Math.abs(count - mean)).toBeLessThan(6 * Math.sqrt(mean));
	});

	test('is never one that the lock has; null when none is free', () => {
		const free = '010011';
		const taken = Array.from({ length: 64 }, (_, n) => n.toString(2).padStart(6, '0'));
		expect(drawCode(6, taken)).toBeNull();
		const script = [...taken, free].flatMap((code) => [...code].map(Number));
		const random = (bytes: Uint8Array) => bytes.set(script.splice(0, bytes.length));
		expect(
			drawCode(
				6,
				taken.filter((code) => code !== free),
				random
			)
		).toBe(free);
	});

	test.each(['000', '111111', '000111', '01010101', '001001001', '0110110'])(
		'%s is plain',
		(code) => {
			expect(isPlain(code)).toBe(true);
			expect(strengthOf(code).name).toBe('Weak');
		}
	);

	test('is written and read in several ways', () => {
		expect(writeCode('11010011')).toBe('L L S L  S S L L');
		expect(lines('110100').map((line) => line.map(({ long }) => long))).toEqual([
			[true, true, false, true],
			[false, false]
		]);
		expect(spoken('10')).toBe('long, short');
		for (const text of [
			'l l s l  s s l l',
			'LLSLSSLL',
			'1101 0011',
			'--.-..--',
			'long, long, short, long, short short long long'
		])
			expect(readCode(text), text).toBe('11010011');
		for (const text of ['', 'l', 'ls', 'lsx', 's'.repeat(25), 'press'])
			expect(readCode(text), text).toBeNull();
	});

	test('is practised until it is right', () => {
		expect(mistakeIn('1101', '1101')).toBeNull();
		expect(mistakeIn('1001', '1101')).toBe('Press 2 was short; it is long. Try it again.');
		expect(mistakeIn('110', '1101')).toBe('3 presses; it has 4. Try it again.');
		expect(mistakeIn('11010', '1101')).toBe('5 presses; it has 4. Try it again.');
	});
});

describe('its strength', () => {
	/** The same by going through the guesses, as a lock meets them. */
	function counted(presses: number): number {
		let [seconds, lockOut] = [0, 60];
		for (let guess = 1; guess <= 2 ** (presses - 1); guess++) {
			seconds += presses * 0.5 + 2;
			if (guess % 5 > 0) continue;
			seconds += lockOut;
			lockOut = Math.min(lockOut * 2, 3600);
		}
		return seconds;
	}

	test.each([3, 4, 6, 8, 10, 16])('of %i presses is what the lock-out makes of it', (presses) => {
		expect(secondsToGuess(presses)).toBe(counted(presses));
	});

	test.each([
		['01001', 'Weak', '1 guess in 32'],
		['010011', 'Weak', 'about 66 minutes'],
		['11010011', 'Fair', '1 guess in 256'],
		['11010011', 'Fair', 'about 20 hours'],
		['1101001101', 'Strong', 'about 4 days'],
		['1101001101110001', 'Strong', '1 guess in 65,536']
	])('%s is %s: %s', (code, name, words) => {
		expect(strengthOf(code).name).toBe(name);
		expect(strengthOf(code).text).toContain(words);
	});
});
