import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

/** Measurements in Chromium; a file each, run by the bench and never by the tests. */
export default defineConfig({
	...base,
	testDir: '.',
	testMatch: '**/*.measure.ts',
	timeout: 300_000,
	expect: { timeout: 30_000 },
	// Snapshots of every step would be measured too.
	use: { ...base.use, trace: 'off' },
	reporter: './lines.ts'
});
