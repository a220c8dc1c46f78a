import { RelayReply, type RelayRequest } from '../api/app/doors.ts';
import { LinkError, type Link } from '../link/link.ts';
import { fromHex, toHex, type Bytes } from '../protocol/bytes.ts';
import { ClientError } from './call.ts';
import { carry } from './carry.ts';
import { failureOfAnswer } from './door-failures.ts';
import { doorPath } from './door-path.ts';
import type { Commands, Source, KeyFailure } from './source.ts';
import type { Ports } from './opening.ts';
import type { FailureCode } from './phases.ts';

/** Milliseconds in which another connection is still the same opening: an eKey for one is not used up. */
const SAME_WITHIN = 60_000;

/** Milliseconds for which a log is read after an opening. */
const LOG_WITHIN = 10_000;

/**
 * A door lock's: frames one by one, each for what the lock answered to those before. The server has its
 * keys and says what its answers mean.
 */
export class DoorSource implements Source {
	readonly #parts: Ports;
	readonly #id: number;
	readonly #action: 'unlock' | 'lock';
	#answers: Bytes[] = [];
	/** Seconds, by which the lock's log names this opening. */
	#at: number | undefined;

	constructor(parts: Ports, id: number, action: 'unlock' | 'lock') {
		this.#parts = parts;
		this.#id = id;
		this.#action = action;
	}

	begin(): void {
		this.#answers = [];
		if (this.#at !== undefined && Date.now() - this.#at * 1000 > SAME_WITHIN) this.#at = undefined;
	}

	async hear(packet: Bytes): Promise<void> {
		this.#answers.push(packet);
	}

	get heard(): number {
		return this.#answers.length;
	}

	async ask(signal: AbortSignal): Promise<Commands> {
		const answers = this.#answers.map((answer) => toHex(answer));
		const body: RelayRequest = { action: this.#action, at: this.#at, answers };
		const path = `${doorPath(this.#id)}/relay`;
		const reply = await this.#parts.call(RelayReply, 'POST', path, body, signal);
		this.#at = reply.at;
		const { opensAt, result } = reply;
		return {
			packets: reply.commands.map((frame) => fromHex(frame)),
			opensAt,
			issuedAt: reply.at * 1000,
			...(result === null ? {} : { end: result === 'success' ? result : failureOfAnswer(result) })
		};
	}

	readonly spare = 'none';

	use(): Promise<Commands | KeyFailure | null> {
		return Promise.resolve(null);
	}

	claim(): Promise<() => Promise<void>> {
		return Promise.resolve(() => Promise.resolve());
	}

	/**
	 * Any holder's phone carries the lock's log home while it is there. What is left after some seconds
	 * comes with the next opening: the server goes on where it stopped.
	 */
	async after(link: Link, signal: AbortSignal): Promise<void> {
		const either = AbortSignal.any([signal, AbortSignal.timeout(LOG_WITHIN)]);
		try {
			await carry(this.#parts, link, this.#id, { action: 'log' }, { signal: either });
		} catch (cause) {
			const ended = cause instanceof ClientError || cause instanceof LinkError || either.aborted;
			if (!ended) throw cause;
		}
	}

	/** Who stands at a door sees whether it opened; its log tells the server with the next opening. */
	doubt(): Promise<FailureCode> {
		return Promise.resolve(this.#action === 'lock' ? 'lost-locking' : 'lost-after');
	}
}
