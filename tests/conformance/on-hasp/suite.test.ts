import { expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { line, runCases } from '../case.ts';
import { SUITE } from '../suite.ts';
import { House } from './house.ts';

const [sqlite, postgres] = databases;
const RUNS = [
	{ ...sqlite, environment: 'production' },
	{ ...postgres, environment: 'production' },
	// Treatment 30: in the sandbox all goes the same way, with the default keys.
	{ ...sqlite, environment: 'sandbox' }
] as const;

test('every case has a name of its own', () => {
	const names = SUITE.map(({ name }) => name);
	expect(new Set(names).size).toBe(names.length);
});

test.each(RUNS)(
	'the suite passes whole on $name, $environment',
	async ({ create, environment }) => {
		const house = await House.open(create);
		try {
			const stand = await house.stand(environment);
			const failed: string[] = [];
			for await (const outcome of runCases(stand, SUITE))
				if (outcome.wrong !== null) failed.push(line(outcome));
			expect(failed).toEqual([]);
		} finally {
			await house.close();
		}
	},
	300_000
);
