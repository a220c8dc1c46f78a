import { LinkError } from './link.ts';

/** What was being done when the browser threw. */
export type Moment =
	/** Services and characteristics. */
	| 'discovering'
	/** Reading, subscribing, writing. */
	| 'talking';

/**
 * What an error of Web Bluetooth means. Only its name counts: messages differ between versions, and
 * an ATT code cannot be told from another (every one is a NotSupportedError).
 */
export function linkError(cause: unknown, moment: Moment): LinkError {
	if (cause instanceof LinkError) return cause;
	const name = (cause as { name?: unknown } | null)?.name;
	// SecurityError: permission was given for another service, so the device is not one of ours.
	if (moment === 'discovering' && (name === 'NotFoundError' || name === 'SecurityError'))
		return new LinkError('not-a-lock', 'it does not offer what a lock offers', { cause });
	return new LinkError('lost', `failed while ${moment}`, { cause });
}

/** Whether `requestDevice` was ended by the person: Chrome says "not found" for it. */
export function isCancelled(cause: unknown): boolean {
	return (cause as { name?: unknown } | null)?.name === 'NotFoundError';
}
