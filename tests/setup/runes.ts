import type { Environment } from 'vitest/runtime';

/** Plain Node, but modules compiled as for the browser, so that runes in `.svelte.ts` files react. */
const environment: Environment = {
	name: 'runes',
	viteEnvironment: 'client',
	setup: () => ({ teardown: () => undefined })
};

export default environment;
