import { expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { line, runCases } from '../case.ts';
import { SUITE } from '../suite.ts';
import { House } from './house.ts';

test('every case has a name of its own', () => {
	const names = SUITE.map(({ name }) => name);
	expect(new Set(names).size).toBe(names.length);
});

test.each(databases)(
	'the suite passes whole on $name',
	async ({ create }) => {
		const house = await House.open(create);
		try {
			const stand = await house.stand();
			const failed: string[] = [];
			for await (const outcome of runCases(stand, SUITE))
				if (outcome.wrong !== null) failed.push(line(outcome));
			expect(failed).toEqual([]);
		} finally {
			await house.close();
		}
	},
	120_000
);
