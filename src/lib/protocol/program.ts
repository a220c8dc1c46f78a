import type { Bytes } from './bytes.ts';

/** What a conversation asks of the one who drives it. */
export type Step<Event> =
	/** Write these bytes to the lock. */
	| { send: Bytes }
	/** Wait for the next notification, at most so many milliseconds. */
	| { receive: number }
	/** Say what happened; the conversation goes on when it has been heard, on disk where that matters. */
	| { tell: Event };

/** What the driver gives back: bytes, or why there are none. Only a `receive` uses it. */
export type Reply = Bytes | 'silent' | 'gone';

/**
 * A conversation with a lock: no I/O, no clock. It yields steps and is resumed with replies. A lost
 * link is a reply, not an exception, so that every conversation says what it means at that moment.
 */
export type Program<Event, Outcome> = Generator<Step<Event>, Outcome, Reply | undefined>;
