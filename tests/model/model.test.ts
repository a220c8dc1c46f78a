import { afterAll, describe, expect, it } from 'vitest';
import { LATE_PROOF, MUTANTS } from './mutants.ts';
import { sayFound, search } from './search.ts';
import { PRODUCTION } from './server.ts';
import type { Bound } from './world.ts';

/** Lossy, duplicating, reordering delivery, dropped links and reboots are in all of them. */
const ONE_PHONE: Bound = { phones: 1, sessions: 2, rotations: 1, crashes: 1, restores: 0 };

const BOUNDS: [string, Bound][] = [
	['one phone, two sessions, one rotation, one crash', ONE_PHONE],
	['two phones, two sessions, one rotation, one crash', { ...ONE_PHONE, phones: 2 }],
	['one phone and a restore from a backup', { ...ONE_PHONE, restores: 1 }]
];

/** HASP_MODEL=long adds what takes minutes. */
const LONG: [string, Bound][] = [
	['one phone, three sessions', { ...ONE_PHONE, sessions: 3 }],
	['two phones, two rotations', { ...ONE_PHONE, phones: 2, rotations: 2 }],
	['one phone, two rotations, a restore', { ...ONE_PHONE, rotations: 2, restores: 1 }]
];

/** More than can be exhausted: so many of its states, breadth first. */
const WIDEST: Bound = { phones: 3, sessions: 3, rotations: 2, crashes: 2, restores: 1 };
const STATES = 10_000_000;
const isLong = process.env['HASP_MODEL'] === 'long';

const lines: string[] = [];
afterAll(() => console.log(lines.join('\n')));

describe('the production reducers keep I1 to I6 and I8', () => {
	it.each([...BOUNDS, ...(isLong ? LONG : [])])(
		'%s',
		(name, bound) => {
			const found = search(bound, PRODUCTION);
			lines.push(sayFound(name, found));
			expect(found.counterexample).toBeNull();
			expect(found.exhausted).toBe(true);
		},
		1_800_000
	);

	const widest = isLong ? [WIDEST] : [];
	it.each(widest)(
		'$phones phones, $sessions sessions, $rotations rotations, $crashes crashes, a restore',
		(bound) => {
			const found = search(bound, PRODUCTION, { atMost: STATES });
			lines.push(sayFound('three phones', found));
			expect(found.counterexample).toBeNull();
			expect(found.states).toBe(STATES);
		},
		7_200_000
	);
});

describe('a mistake is found', () => {
	it.each(Object.entries(MUTANTS))('%s', (name, rules) => {
		// Some need a change that comes while another one is offered.
		const found = search({ ...ONE_PHONE, rotations: 2 }, rules);
		lines.push(sayFound(name, found));
		expect(found.counterexample).not.toBeNull();
	});

	it('a packet from before a restore pins a recovery to keys the lock has left', () => {
		const found = search({ ...ONE_PHONE, restores: 1 }, LATE_PROOF);
		lines.push(sayFound('late proof', found));
		expect(found.counterexample?.invariant).toBe('I2');
	});

	it('keys regenerated on retry brick a lock, also when nobody looks at I5', () => {
		const rules = MUTANTS['keys regenerated on retry']!;
		const found = search(ONE_PHONE, rules, { ignoring: ['I5'] });
		lines.push(sayFound('keys regenerated on retry, I5 ignored', found));
		expect(found.counterexample?.invariant).toBe('I1');
	});
});
