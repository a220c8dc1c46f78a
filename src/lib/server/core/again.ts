import { CoreError, type CoreErrorCode } from './error.ts';

/** How often work begins again when rows change under it. */
const TRIES = 5;

/** Runs `work`, anew as long as it throws CoreError `code`. Throws that too after the fifth time. */
export async function again<T>(
	code: Extract<CoreErrorCode, 'moved' | 'sent-twice'>,
	work: () => Promise<T>
): Promise<T> {
	for (let left = TRIES; ; left--) {
		try {
			return await work();
		} catch (error) {
			if (left === 1 || !(error instanceof CoreError && error.code === code)) throw error;
		}
	}
}
