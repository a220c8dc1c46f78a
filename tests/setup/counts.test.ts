import { expect, test } from 'vitest';
import { countPlaywright, countStep, countVitest } from './counts.ts';

const vitest = (passed: number, total: number, broken = 0) => ({
	numPassedTests: passed,
	numTotalTests: total,
	testResults: Array.from({ length: broken }, () => ({ status: 'failed', assertionResults: [] }))
});
const playwright = (expected: number, rest = {}) => ({
	stats: { expected, unexpected: 0, flaky: 0, skipped: 0, ...rest },
	errors: []
});

test('passed tests count as passed', () => {
	expect(countVitest(vitest(3, 3), true)).toEqual({ passed: 3, failed: 0 });
	expect(countPlaywright(playwright(2), true)).toEqual({ passed: 2, failed: 0 });
	expect(countStep(true)).toEqual({ passed: 0, failed: 0 });
});

test('skipped and unloadable tests count as failed, a flaky one as passed', () => {
	expect(countVitest(vitest(3, 5), true)).toEqual({ passed: 3, failed: 2 });
	expect(countVitest(vitest(3, 3, 1), false)).toEqual({ passed: 3, failed: 1 });
	const second = playwright(2, { skipped: 1, flaky: 1 });
	expect(countPlaywright(second, true)).toEqual({ passed: 3, failed: 1 });
});

test('a run that fails without a failed test counts one', () => {
	expect(countVitest(vitest(3, 3), false)).toEqual({ passed: 3, failed: 1 });
	expect(countVitest(vitest(0, 0), true).failed).toBe(1);
	expect(countVitest(null, true).failed).toBe(1);
	expect(countPlaywright(null, true).failed).toBe(1);
	expect(countStep(false).failed).toBe(1);
});
