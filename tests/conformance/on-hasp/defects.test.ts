import { afterAll, beforeAll, expect, test } from 'vitest';
import { databases } from '../../setup/databases.ts';
import { runCases, type Outcome } from '../case.ts';
import type { Stand } from '../stand.ts';
import { SUITE } from '../suite.ts';
import { CODE_DEFECTS } from './defects-of-codes.ts';
import { FRAME_DEFECTS } from './defects-of-frame.ts';
import { LOCK_DEFECTS } from './defects-of-locks.ts';
import { House } from './house.ts';

const DEFECTS = [...FRAME_DEFECTS, ...LOCK_DEFECTS, ...CODE_DEFECTS];

let house: House;
beforeAll(async () => {
	house = await House.open(databases[0].create);
});
afterAll(() => house.close());

async function run(stand: Stand, name: string): Promise<Outcome | undefined> {
	const cases = SUITE.filter((one) => one.name === name);
	for await (const outcome of runCases(stand, cases)) return outcome;
	return undefined;
}

test.each(DEFECTS)('$name: noticed by $caughtBy', async ({ caughtBy, damage }) => {
	const stand = await house.stand();
	house.between = (call, next) => next(call);
	expect(await run(stand, caughtBy)).toMatchObject({ name: caughtBy, wrong: null });
	house.between = damage(stand);
	try {
		expect(await run(stand, caughtBy)).toMatchObject({ wrong: expect.any(String) });
	} finally {
		house.between = (call, next) => next(call);
	}
});
