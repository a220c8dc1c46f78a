import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSeed } from './chance.ts';
import { macOf, Office } from './office.ts';
import { FAULTS, Run } from './run.ts';

/** HASP_RUNS and HASP_SEED repeat one of them, or make more. */
const RUNS = Number(process.env['HASP_RUNS'] ?? 2_000);

/** Runs after which a long one says how it goes. */
const TOLD_EVERY = 5_000;

let office: Office;
beforeAll(async () => {
	office = await Office.open();
});
afterAll(() => office.close());

it(`${RUNS} locks are set up and opened in bad weather, and none is bricked`, async () => {
	const first = runSeed();
	const began = performance.now();
	const bad: string[] = [];
	const faults = new Map<string, number>();
	let bricked = 0;
	for (let i = 0; i < RUNS; i++) {
		const seed = first + i;
		const outcome = await Run.of(office, seed, macOf(i + 1));
		for (const [what, times] of outcome.faults) faults.set(what, (faults.get(what) ?? 0) + times);
		if (!outcome.opened) bricked++;
		if (!outcome.opened || outcome.broken.length > 0)
			bad.push(`HASP_SEED=${seed} HASP_RUNS=1: ${outcome.broken.join('; ') || 'bricked'}`);
		// Hours may be taken, and what they were for must not be lost with them.
		if ((i + 1) % TOLD_EVERY === 0 && i + 1 < RUNS)
			console.log([`pairs: ${i + 1} runs, ${bricked} bricked`, ...bad].join('\n  '));
	}
	const seconds = ((performance.now() - began) / 1000).toFixed(1);
	const summary = `pairs: ${RUNS} runs from HASP_SEED=${first}, ${bricked} bricked, ${seconds} s`;
	const counts = [...faults].map(([what, times]) => `  ${times} × ${what}`);
	console.log([summary, ...counts].join('\n'));
	expect(bad).toEqual([]);
	if (RUNS >= 2_000) expect(new Set(faults.keys())).toEqual(new Set(FAULTS));
}, 36_000_000);
