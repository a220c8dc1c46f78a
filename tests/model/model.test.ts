import { afterAll, describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { sayFound, search } from './search.ts';
import { PRODUCTION } from './server.ts';
import type { Bound } from './world.ts';

/** Lossy, duplicating, reordering delivery, dropped links and reboots are in all of them. */
const ONE_PHONE: Bound = { phones: 1, sessions: 2, rotations: 1, crashes: 1, restores: 0 };

const BOUNDS: [string, Bound][] = [
	['one phone, two sessions, one rotation, one crash', ONE_PHONE],
	['two phones, two rotations', { ...ONE_PHONE, phones: 2, rotations: 2 }],
	['one phone and a restore from a backup', { ...ONE_PHONE, restores: 1 }]
];

/** HASP_MODEL=deep adds what takes minutes. */
const DEEP: [string, Bound][] = [
	['one phone, three sessions', { ...ONE_PHONE, sessions: 3 }],
	['one phone, two rotations, a restore', { ...ONE_PHONE, rotations: 2, restores: 1 }]
];

const lines: string[] = [];
afterAll(() => console.log(lines.join('\n')));

describe('the production reducers keep I1 to I6 and I8', () => {
	const deep = process.env['HASP_MODEL'] === 'deep' ? DEEP : [];
	it.each([...BOUNDS, ...deep])(
		'%s',
		(name, bound) => {
			const found = search(bound, PRODUCTION);
			lines.push(sayFound(name, found));
			expect(found.counterexample).toBeNull();
			expect(found.exhausted).toBe(true);
		},
		600_000
	);
});

describe('a mistake is found', () => {
	it.each(Object.entries(MUTANTS))('%s', (name, rules) => {
		const found = search(ONE_PHONE, rules);
		lines.push(sayFound(name, found));
		expect(found.counterexample).not.toBeNull();
	});

	it('keys regenerated on retry brick a lock, also when nobody looks at I5', () => {
		const rules = MUTANTS['keys regenerated on retry']!;
		const found = search(ONE_PHONE, rules, { ignoring: ['I5'] });
		lines.push(sayFound('keys regenerated on retry, I5 ignored', found));
		expect(found.counterexample?.invariant).toBe('I1');
	});
});
