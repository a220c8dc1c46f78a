import { LinkError } from './link.ts';

/** What may end a wait before the thing waited for. */
export interface Ends {
	/** Milliseconds. */
	within: number;
	/** The caller's wish to stop. */
	signal?: AbortSignal | undefined;
	/** Settles when the link ends. */
	gone?: Promise<void> | undefined;
}

/**
 * Waits for `work`, which browsers may leave pending for ever. What comes after the end is dropped.
 * @throws LinkError `timed-out`, `stopped`, `lost`; else what `work` throws
 */
export async function wait<T>(work: Promise<T>, { within, signal, gone }: Ends): Promise<T> {
	// It may reject when nobody waits any more.
	work.catch(() => undefined);
	if (signal?.aborted) throw new LinkError('stopped', 'stopped');
	let timer: ReturnType<typeof setTimeout> | undefined;
	let onAbort: (() => void) | undefined;
	try {
		return await new Promise<T>((resolve, reject) => {
			const end = (code: LinkError['code'], message: string) => () =>
				reject(new LinkError(code, message));
			if (within !== Infinity) timer = setTimeout(end('timed-out', 'no answer in time'), within);
			onAbort = end('stopped', 'stopped');
			signal?.addEventListener('abort', onAbort);
			void gone?.then(end('lost', 'the link has ended'));
			work.then(resolve, reject);
		});
	} finally {
		clearTimeout(timer);
		if (onAbort) signal?.removeEventListener('abort', onAbort);
	}
}

/** A pause that the signal or `wake` ends early; it never rejects. */
export async function pause(
	within: number,
	signal: AbortSignal,
	wake?: Promise<void>
): Promise<void> {
	await wait(wake ?? new Promise<never>(() => undefined), { within, signal }).catch(
		() => undefined
	);
}
