import { spawnSync } from 'node:child_process';

/** Milliseconds for one measurement; Playwright's own time-out is shorter and tells more. */
const WITHIN = 600_000;

/** Runs one measurement in Chromium, `NAME.measure.ts`; it prints its own lines. @throws Error */
export function inChromium(name: string): Promise<void> {
	const run = spawnSync(
		'npx',
		['playwright', 'test', '-c', 'tests/bench/playwright.config.ts', `${name}.measure`],
		{ stdio: 'inherit', timeout: WITHIN }
	);
	if (run.status !== 0) return Promise.reject(new Error('not measured'));
	return Promise.resolve();
}
