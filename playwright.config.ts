import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { launchOptions } from './tests/e2e/launch.ts';

export default defineConfig({
	testDir: 'tests/e2e',
	testMatch: '**/*.spec.ts',
	// Each worker has a browser with an adapter of its own, and waits for radio and locks a third of its time.
	workers: Math.min(4, availableParallelism() + 1),
	// A machine that is too busy for once is no fault. What needed the second try is listed as flaky, with
	// its first error, and looked into: it may be one of the very races that these tests look for.
	retries: 1,
	forbidOnly: true,
	timeout: 60_000,
	// Two cores carry the browser, the server and the radio; a slow machine is not a fault.
	expect: { timeout: 15_000 },
	reporter: 'list',
	use: {
		launchOptions: launchOptions('stock'),
		// What moves is drawn by the processor here; so is every frame of a trace (`--trace on` when one is wanted).
		contextOptions: { reducedMotion: 'reduce' }
	}
});
