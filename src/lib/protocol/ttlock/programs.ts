import type { Bytes } from '../bytes.ts';
import type { Program } from '../program.ts';
import {
	parseAnswer,
	parseMoved,
	parseNothing,
	parsePush,
	parseRandom,
	type Moved,
	type Push,
	type ResultName
} from './answers.ts';
import { checkAdmin, checkRandom, checkUserTime, sumOf, type Command } from './commands.ts';
import {
	buildFrame,
	openAnswer,
	piecesOf,
	Reassembler,
	sealCommand,
	type Header
} from './frame.ts';
import { aesKeyOf, windowOf, type AdminGrant, type OfflineGrant } from './offline.ts';
import { opening } from './writes.ts';

/** Milliseconds a lock may take to answer one command; a motor run is well below it. */
export const ANSWER_WITHIN = 5_000;

/** Milliseconds in which a late second answer to a repeated command is still swallowed. */
const ECHO_WITHIN = 400;

/** Notifications that one answer may be waited through: a lock that chatters must not hold us. */
const MOST_NOTIFICATIONS = 200;

/** Times that a frame is sent again which the lock says came damaged. */
const MOST_DAMAGED = 3;

/** What happens during a conversation, in order. */
export type LockEvent =
	/** The opening command is about to be written: from here on nothing may be sent again. */
	| { kind: 'writing'; index: number }
	/** The lock answered command `index`. */
	| { kind: 'answered'; index: number; result: ResultName }
	/** The bolt has moved as asked. */
	| { kind: 'opened' }
	/** The lock's sealed answer, for the server that has the key. */
	| { kind: 'server-packet'; packet: Bytes }
	/** The lock said something that nobody asked for. */
	| { kind: 'pushed'; push: Push };

/** How a conversation ended. */
export interface LockOutcome {
	/** Result of the opening command; null when it was not written or not answered. */
	opening: ResultName | null;
	/** What the lock refused before the opening command; null when it did not. */
	refused: ResultName | null;
	/** Commands written, and those answered. */
	written: number;
	answered: number;
	/** What the lock said when its bolt moved. */
	moved: Moved | null;
	/** What ended it. */
	end: 'finished' | 'gone' | 'silent';
}

const NOTHING_YET: LockOutcome = {
	opening: null,
	refused: null,
	written: 0,
	answered: 0,
	moved: null,
	end: 'finished'
};

/** How an exchange ended: with what the lock said, its refusal, or nothing. */
export type Reached<T> =
	| { kind: 'done'; value: T }
	| { kind: 'refused'; result: ResultName }
	| { kind: 'silent' }
	| { kind: 'gone' };

/** Whom a line is to: which family, and under which key. */
export interface Address {
	header: Header;
	aesKey: Bytes;
}

/** One command, and how to read the answer to it. */
export interface Exchange<T> {
	command: Command;
	/** Null for data that is no answer to this command. */
	parse: (data: Bytes) => T | null;
	/** Whether it may be sent twice when no answer comes. */
	repeatable: boolean;
}

type Pushed = Extract<LockEvent, { kind: 'pushed' }>;

/** One connection, as the language sees it: frames out, and whole answers in. */
export class Line {
	readonly #address: Address;
	readonly #reassembler = new Reassembler();
	readonly #answers: (Bytes | 'damaged' | 'unreadable')[] = [];

	constructor(address: Address) {
		this.#address = address;
	}

	/**
	 * Writes one command in pieces and waits for its answer, matched by the opcode within. What else
	 * comes is told as pushed. It is written again when the lock says that it came damaged, and, if it
	 * may be, once when no answer comes.
	 */
	*ask<T>(exchange: Exchange<T>, within = ANSWER_WITHIN): Program<Pushed, Reached<T>> {
		const { header, aesKey } = this.#address;
		const frame = sealCommand(header, exchange.command, aesKey);
		let tries = exchange.repeatable ? 2 : 1;
		let damaged = 0;
		let repeated = false;
		for (;;) {
			for (const piece of piecesOf(frame)) yield { send: piece };
			const reached = yield* this.#hear(exchange, within);
			if (reached.kind === 'refused' && reached.result === 'crc-error' && damaged < MOST_DAMAGED) {
				damaged++;
				continue;
			}
			if ((reached.kind === 'silent' || isUnreadable(reached)) && --tries > 0) {
				this.#reassembler.reset();
				repeated = true;
				continue;
			}
			return repeated && reached.kind === 'done' ? yield* this.#last(exchange, reached) : reached;
		}
	}

	/** The answer to the repetition, when that to the first try was only late: the newest counts. */
	*#last<T>(exchange: Exchange<T>, reached: Reached<T>): Program<Pushed, Reached<T>> {
		const later = yield* this.#hear(exchange, ECHO_WITHIN);
		return later.kind === 'done' ? later : reached;
	}

	*#hear<T>(exchange: Exchange<T>, within: number): Program<Pushed, Reached<T>> {
		for (let heard = 0; heard < MOST_NOTIFICATIONS;) {
			const next = this.#answers.shift();
			if (next === undefined) {
				heard++;
				const reply = yield { receive: within };
				if (reply === 'silent' || reply === 'gone' || reply === undefined)
					return { kind: reply ?? 'gone' };
				this.#take(reply);
			} else if (next === 'damaged' || next === 'unreadable') {
				if (!exchange.repeatable) continue;
				return next === 'damaged'
					? { kind: 'silent' }
					: { kind: 'refused', result: 'wrong-aes-key' };
			} else {
				const answer = parseAnswer(next);
				if (!answer) continue;
				const { opcode, result, data } = answer;
				if (result === 'crc-error') return { kind: 'refused', result };
				if (opcode === exchange.command.opcode) {
					if (result !== 'success') return { kind: 'refused', result };
					const value = exchange.parse(data);
					if (value !== null) return { kind: 'done', value };
				}
				yield { tell: { kind: 'pushed', push: parsePush(answer) } };
			}
		}
		return { kind: 'silent' };
	}

	#take(bytes: Bytes): void {
		for (const received of this.#reassembler.feed(bytes)) {
			if (received.kind === 'damaged') this.#answers.push('damaged');
			else this.#answers.push(openAnswer(received.frame, this.#address.aesKey) ?? 'unreadable');
		}
	}
}

function isUnreadable(reached: Reached<unknown>): boolean {
	return reached.kind === 'refused' && reached.result === 'wrong-aes-key';
}

/** The address of the lock that a grant is for. */
export function addressOf(grant: OfflineGrant): Address {
	return { header: grant.lockVersion, aesKey: aesKeyOf(grant) };
}

/**
 * Opens or locks with an eKey: window and holder, the lock's random number, the sum. Until the sum is
 * written everything may be repeated; from then on nothing is.
 * @param at Unix seconds; it becomes the id of the lock's record
 */
export function* open(
	grant: OfflineGrant,
	at: number,
	action: 'unlock' | 'lock' = 'unlock'
): Program<LockEvent, LockOutcome> {
	const line = new Line(addressOf(grant));
	const outcome: LockOutcome = { ...NOTHING_YET, written: 1 };
	const checked = yield* line.ask({
		command: checkUserTime(windowOf(grant), grant),
		parse: parseRandom,
		repeatable: true
	});
	if (checked.kind === 'silent' || checked.kind === 'gone')
		return { ...outcome, end: checked.kind };
	outcome.answered++;
	yield { tell: { kind: 'answered', index: 0, result: resultOf(checked) } };
	if (checked.kind === 'refused') return { ...outcome, refused: checked.result };
	yield { tell: { kind: 'writing', index: 1 } };
	outcome.written++;
	const moved = yield* line.ask({
		command: opening(action, sumOf(checked.value, grant.lockKey), at),
		parse: parseMoved,
		repeatable: false
	});
	if (moved.kind === 'silent' || moved.kind === 'gone') return { ...outcome, end: moved.kind };
	outcome.answered++;
	outcome.opening = resultOf(moved);
	yield { tell: { kind: 'answered', index: 1, result: outcome.opening } };
	if (moved.kind === 'refused') return outcome;
	yield { tell: { kind: 'opened' } };
	return { ...outcome, moved: moved.value };
}

/**
 * Carries frames that a server has sealed, one at a time, and its answers back: without the key one
 * answer looks like another, so the server says what they mean and which frame is next.
 * @param packets whole frames; none to hear once more, when the answer was not the one waited for
 * @param opensAt index of the frame that opens; null when none does
 */
export function* converse(
	packets: readonly Bytes[],
	opensAt: number | null
): Program<LockEvent, LockOutcome> {
	const reassembler = new Reassembler();
	const outcome: LockOutcome = { ...NOTHING_YET };
	for (const [index, packet] of (packets.length > 0 ? packets : [null]).entries()) {
		if (packet) {
			if (index === opensAt) yield { tell: { kind: 'writing', index } };
			outcome.written++;
			for (const piece of piecesOf(packet)) yield { send: piece };
		}
		for (let answered = false; !answered;) {
			const reply = yield { receive: ANSWER_WITHIN };
			if (reply === 'silent' || reply === 'gone' || reply === undefined)
				return { ...outcome, end: reply ?? 'gone' };
			for (const received of reassembler.feed(reply)) {
				if (received.kind !== 'frame') continue;
				yield { tell: { kind: 'server-packet', packet: buildFrame(received.frame) } };
				answered = true;
			}
		}
		outcome.answered++;
	}
	return outcome;
}

/** An owner's handshake, once a connection: afterwards the lock does what it is asked. */
export function* logIn(line: Line, admin: AdminGrant): Program<Pushed, Reached<true>> {
	const random = yield* line.ask({
		command: checkAdmin(admin.adminPwd, admin),
		parse: parseRandom,
		repeatable: true
	});
	if (random.kind !== 'done') return random;
	return yield* line.ask({
		command: checkRandom(sumOf(random.value, admin.lockKey)),
		parse: parseNothing,
		repeatable: false
	});
}

/** The result that an answered exchange stands for. */
export function resultOf(
	reached: Extract<Reached<unknown>, { kind: 'done' | 'refused' }>
): ResultName {
	return reached.kind === 'done' ? 'success' : reached.result;
}
