import { spawnSync } from 'node:child_process';

/** Runs one measurement in Chromium, `NAME.measure.ts`; it prints its own lines. */
export function inChromium(name: string): Promise<void> {
	const run = spawnSync(
		'npx',
		['playwright', 'test', '-c', 'tests/bench/playwright.config.ts', `${name}.measure`],
		{ stdio: 'inherit' }
	);
	if (run.status !== 0) process.exitCode = 1;
	return Promise.resolve();
}
