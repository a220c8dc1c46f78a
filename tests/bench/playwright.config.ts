import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

/** Measurements in Chromium; a file each, run by the bench and never by the tests. */
export default defineConfig({
	...base,
	testDir: '.',
	testMatch: '**/*.measure.ts',
	timeout: 120_000,
	reporter: './lines.ts'
});
