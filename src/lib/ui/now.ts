import { createSubscriber } from 'svelte/reactivity';

/** The time of day, for screens: re-reads itself every `every` milliseconds while something shows it. */
export function now(every: number): { readonly at: number } {
	const subscribe = createSubscriber((update) => {
		const timer = setInterval(update, every);
		return () => clearInterval(timer);
	});
	return {
		get at() {
			subscribe();
			return Date.now();
		}
	};
}
