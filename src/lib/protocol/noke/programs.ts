import type { Bytes } from '../bytes.ts';
import type { Program } from '../program.ts';
import { parseAnswer, type Answer, type ResultName } from './answers.ts';

/** Milliseconds a lock may take to answer one packet; a motor run is well below it. */
export const ANSWER_WITHIN = 5_000;

/** Milliseconds to stay after the last answer; a lock shuts down before that by itself. */
export const STAY_WITHIN = 60_000;

/** What happens during a conversation, in order. */
export type LockEvent =
	/** A packet is about to be written: from the first on, nothing may be sent again. */
	| { kind: 'writing'; index: number }
	/** The lock answered packet `index`. */
	| { kind: 'answered'; index: number; result: ResultName; id: number }
	/** The packet whose success means open was answered so. */
	| { kind: 'opened' }
	/** For the server; must be on disk before anything else is shown. */
	| { kind: 'server-packet'; packet: Bytes }
	/** All packets are answered. */
	| { kind: 'finished' }
	| { kind: 'shutdown'; open: boolean; timedOut: boolean };

/** How a conversation ended. */
export interface LockOutcome {
	/** Result of the opening; null when it is not known, or when no packet opens. */
	opening: ResultName | null;
	/** Packets written, and those answered. */
	written: number;
	answered: number;
	/** What ended it. */
	end: 'shutdown' | 'gone' | 'silent';
}

/**
 * Writes packets one at a time, the next after the app packet of the one before (published
 * libraries: errors advance too, server packets never do), then stays until the lock shuts down.
 * After a packet was written and its answer is missing, nothing more is written.
 * @param opensAt index of the packet whose success means open; null when none opens
 */
export function* converse(
	packets: readonly Bytes[],
	opensAt: number | null
): Program<LockEvent, LockOutcome> {
	const outcome: LockOutcome = { opening: null, written: 0, answered: 0, end: 'gone' };
	for (const [index, packet] of packets.entries()) {
		yield { tell: { kind: 'writing', index } };
		outcome.written++;
		yield { send: packet };
		let answer = yield* nextAnswer(ANSWER_WITHIN);
		while (repeats(answer, packets[index - 1], packet)) answer = yield* nextAnswer(ANSWER_WITHIN);
		if (answer.kind !== 'result') {
			const opening = outcome.opening === 'invalid-key' ? null : outcome.opening;
			return { ...outcome, opening, end: endOf(answer) };
		}
		outcome.answered++;
		const { result, id } = answer;
		yield { tell: { kind: 'answered', index, result, id } };
		// A server that does not know which key the lock holds sends one opening under each. When the
		// likeliest fits none, a later one that is taken has opened: nothing else is sent with them.
		const opensLate = outcome.opening === 'invalid-key' && result === 'success';
		if (index !== opensAt && !opensLate) continue;
		outcome.opening = result;
		if (result === 'success') yield { tell: { kind: 'opened' } };
	}
	yield { tell: { kind: 'finished' } };
	for (;;) {
		const answer = yield* nextAnswer(STAY_WITHIN);
		if (answer.kind !== 'result') return { ...outcome, end: endOf(answer) };
	}
}

/**
 * Whether a success is a second copy of the answer to the command before: it bears that one's id.
 * An opening must not be believed on it. An id of neither is taken, as the libraries take any.
 */
function repeats(
	answer: Extract<Answer, { kind: 'result' }> | Shutdown | Missing,
	before: Bytes | undefined,
	packet: Bytes
): boolean {
	if (answer.kind !== 'result' || answer.result !== 'success') return false;
	return answer.id === before?.[2] && answer.id !== packet[2];
}

type Missing = { kind: 'silent' } | { kind: 'gone' };
type Shutdown = Extract<Answer, { kind: 'shutdown' }>;

/** The next app packet; server packets on the way are handed over, everything else is passed by. */
function* nextAnswer(
	within: number
): Program<LockEvent, Extract<Answer, { kind: 'result' }> | Shutdown | Missing> {
	for (;;) {
		const reply = yield { receive: within };
		if (reply === 'silent' || reply === 'gone' || reply === undefined)
			return { kind: reply ?? 'gone' };
		const answer = parseAnswer(reply);
		if (answer.kind === 'server') yield { tell: { kind: 'server-packet', packet: answer.packet } };
		if (answer.kind === 'shutdown') yield { tell: answer };
		if (answer.kind === 'shutdown' || answer.kind === 'result') return answer;
	}
}

function endOf(answer: Shutdown | Missing): LockOutcome['end'] {
	return answer.kind;
}
