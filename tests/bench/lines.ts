import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints what the measurements print, and what went wrong, and nothing else. */
export default class Lines implements Reporter {
	onStdOut(text: string | Buffer): void {
		process.stdout.write(text);
	}

	onTestEnd(test: TestCase, result: TestResult): void {
		if (result.status !== test.expectedStatus)
			console.log(`  ${test.title}: ${result.error?.stack ?? result.status}`);
	}
}
