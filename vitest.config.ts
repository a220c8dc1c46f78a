import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const RUNES = 'tests/**/*.svelte.test.ts';

export default defineConfig({
	plugins: [sveltekit()],
	test: {
		globalSetup: './tests/setup/postgres.ts',
		// A slow machine is not a fault.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Files share what they import: to evaluate the server anew for each took half of the time.
		isolate: false,
		// By default one core is left free, which is half of a small machine.
		maxWorkers: '100%',
		projects: [
			{
				extends: true,
				test: {
					name: 'node',
					environment: 'node',
					setupFiles: ['./tests/setup/properties.ts', './tests/setup/hashing.ts'],
					include: ['tests/**/*.test.ts'],
					exclude: ['tests/e2e/**', 'tests/bench/**', RUNES]
				}
			},
			{
				// Outside the browser's conditions Svelte compiles runes to plain fields: nothing reacts.
				extends: true,
				resolve: { conditions: ['browser'] },
				test: {
					name: 'runes',
					environment: './tests/setup/runes.ts',
					include: [RUNES]
				}
			}
		]
	}
});
