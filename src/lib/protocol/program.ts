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

/** How far a conversation is: what it wants written next, or how it ended. */
export type Replayed<Event, Outcome> =
	| { send: readonly Bytes[]; told: readonly Event[]; within: number }
	| { outcome: Outcome; told: readonly Event[] };

/**
 * Takes a fresh conversation through the answers that it has had so far. One who keeps nothing between
 * two requests, as a relay, gets on with it so: the same inputs and answers give the same bytes.
 * @returns what to write after the last answer, all that was told since the beginning, and how many
 * milliseconds to wait for the next
 */
export function replay<Event, Outcome>(
	program: Program<Event, Outcome>,
	replies: readonly Reply[]
): Replayed<Event, Outcome> {
	const told: Event[] = [];
	let send: Bytes[] = [];
	let used = 0;
	for (let step = program.next(); ;) {
		if (step.done) return { outcome: step.value, told };
		if ('tell' in step.value) told.push(step.value.tell);
		else if ('send' in step.value) send.push(step.value.send);
		else {
			const reply = replies[used++];
			if (reply === undefined) return { send, told, within: step.value.receive };
			send = [];
			step = program.next(reply);
			continue;
		}
		step = program.next();
	}
}
