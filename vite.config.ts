import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

/** The frame of every page and the list of locks, which is where people begin. */
const BEGINNING =
	/\/src\/routes\/(\+layout|\(app\)\/(\+layout|\(company\)\/(\+layout|locks\/\+page)))\.(svelte|ts)$/;

export default defineConfig(({ isSsrBuild }) => ({
	plugins: [sveltekit()],
	// One file for it and for all it imports: in fifty files the same code is a fifth larger on the
	// wire, since each is compressed alone.
	...(isSsrBuild
		? {}
		: {
				build: {
					rolldownOptions: {
						output: { codeSplitting: { groups: [{ name: 'beginning', test: BEGINNING }] } }
					}
				}
			})
}));
