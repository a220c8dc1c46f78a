/** Milliseconds after which what a screen says of times is said anew. */
const EVERY = 30_000;

/** The time of day, for the component that is being made: what shows it is drawn again every half minute. */
export function now(): { readonly at: number } {
	// Not by `createSubscriber`: with that, each reader is an effect more at every change of what it shows.
	let ticks = $state(0);
	$effect(() => {
		const timer = setInterval(() => ticks++, EVERY);
		return () => clearInterval(timer);
	});
	return {
		get at() {
			void ticks;
			return Date.now();
		}
	};
}
