/** How many items of a step passed and failed; what was skipped counts as failed. */
export interface Counts {
	readonly passed: number;
	readonly failed: number;
}

/** The part of vitest's JSON report that counts. */
interface VitestReport {
	numPassedTests: number;
	numTotalTests: number;
	testResults: { status: string; assertionResults: unknown[] }[];
}

/** The part of Playwright's JSON report that counts. */
interface PlaywrightReport {
	stats: { expected: number; unexpected: number; flaky: number; skipped: number };
	errors: unknown[];
}

/** A step that has no tests of its own: a check, a build. */
export function countStep(succeeded: boolean): Counts {
	return succeeded ? { passed: 0, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Counts vitest's JSON report. Pending, skipped and to-do tests fail, and so does a file that could not be
 * loaded. A run that failed without a failed test (an unhandled error, no tests at all) counts one.
 */
export function countVitest(report: VitestReport | null, succeeded: boolean): Counts {
	if (!report) return { passed: 0, failed: 1 };
	const broken = report.testResults.filter(
		({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0
	);
	const passed = report.numPassedTests;
	return atLeastOne(passed, report.numTotalTests - passed + broken.length, succeeded);
}

/** Counts Playwright's JSON report; a skipped test fails, a flaky one has passed at its second try. */
export function countPlaywright(report: PlaywrightReport | null, succeeded: boolean): Counts {
	if (!report) return { passed: 0, failed: 1 };
	const { expected, unexpected, flaky, skipped } = report.stats;
	return atLeastOne(expected + flaky, unexpected + skipped + report.errors.length, succeeded);
}

function atLeastOne(passed: number, failed: number, succeeded: boolean): Counts {
	// No test at all is a run that proves nothing, whatever the tool says.
	const hidden = failed === 0 && (!succeeded || passed === 0);
	return { passed, failed: hidden ? 1 : failed };
}
