/** Begins the name of every conversation with a lock; a newer version of the app waits for their end. */
export const LOCK_TALKS = 'hasp-lock-';

/** Milliseconds in which a lock or fob that somebody has just woken is reached, or is not awake. */
export const WAKING = 20_000;

/**
 * Runs `work` while no other tab of this browser runs work of this name.
 * @param otherwise `wait` for the other tab, or `skip`: then the answer is null
 * @param locks absent in old browsers: there only this tab is kept in order, by its caller
 * @param patience ends the waiting, not the work; it rejects with the signal's reason then
 */
export async function alone<T>(
	locks: LockManager | undefined,
	name: string,
	otherwise: 'wait' | 'skip',
	work: () => Promise<T>,
	patience?: AbortSignal
): Promise<T | null> {
	if (!locks) return work();
	const options = patience ? { signal: patience } : { ifAvailable: otherwise === 'skip' };
	return locks.request(name, options, async (lock) => (lock ? work() : null));
}
