import { RelayReply, type RelayRequest } from '../api/app/doors.ts';
import { TURN_ANSWERS } from '../api/app/phone-doors.ts';
import { LinkError, type Link } from '../link/link.ts';
import { pause } from '../link/wait.ts';
import { fromHex, toHex, type Bytes } from '../protocol/bytes.ts';
import { ClientError } from './call.ts';
import { carry } from './carry.ts';
import { failureOfAnswer, failureOfKey } from './door-failures.ts';
import type { DoorKeys } from './door-keys.ts';
import { doorPath } from './door-path.ts';
import type { Commands, Source, KeyFailure } from './source.ts';
import type { Ports } from './opening.ts';
import type { FailureCode } from './phases.ts';

/** Milliseconds in which another connection is still the same opening: an eKey for one is not used up. */
const SAME_WITHIN = 60_000;

/** Milliseconds for which it is called open: about as long as such locks stay so. */
const SEEN_FOR = 5_000;

/** Milliseconds for which a log is read after an opening. */
const LOG_WITHIN = 10_000;

/**
 * A door lock's: frames one by one, each for what the lock answered to those before. The server has its
 * keys and says what its answers mean.
 */
export class DoorSource implements Source {
	readonly #parts: Ports;
	readonly #id: number;
	readonly #keys: DoorKeys | undefined;
	readonly #action: 'unlock' | 'lock';
	#answers: Bytes[] = [];
	/** Seconds, by which the lock's log names this opening. */
	#at: number | undefined;
	/** The opening with this phone's eKey, from before it is tried. */
	#noted: { id: string; at: number } | null = null;
	/** Settles once its last answer is noted with it. */
	#stored = Promise.resolve();

	constructor(parts: Ports, id: number, action: 'unlock' | 'lock', keys?: DoorKeys) {
		this.#parts = parts;
		this.#keys = keys;
		this.#id = id;
		this.#action = action;
	}

	begin(): void {
		this.#answers = [];
		if (this.#at !== undefined && Date.now() - this.#at * 1000 > SAME_WITHIN) this.#at = undefined;
	}

	hear(packet: Bytes): void {
		this.#answers.push(packet);
		if (this.#noted) this.#stored = this.#note(this.#noted);
	}

	stored(): Promise<void> {
		return this.#stored;
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
			...(result === null ? {} : { end: endOf(result) })
		};
	}

	get spare(): Source['spare'] {
		if (!this.#keys) return 'none';
		return this.#keys.holds(this.#id) ? 'held' : 'perhaps';
	}

	async use(): Promise<Commands | KeyFailure | null> {
		const [door, action] = [this.#id, this.#action];
		const wish = { door, action, at: this.#at ?? null, answers: this.#answers };
		const answer = await this.#keys?.turn(wish);
		if (!answer) return null;
		if (answer.kind === 'turn-refused') return failureOfKey(answer.refusal);
		const { at } = answer;
		this.#at = at;
		const nothing = { packets: [], opensAt: null, issuedAt: at * 1000, key: { waits: false } };
		if (answer.kind === 'ended') return { ...nothing, end: endOf(answer.result) };
		const { frame, opens } = answer;
		return frame ? { ...nothing, packets: [frame], opensAt: opens ? 0 : null } : nothing;
	}

	async claim({ issuedAt }: Commands): Promise<() => Promise<void>> {
		const noted = { id: crypto.randomUUID(), at: issuedAt / 1000 };
		this.#noted ??= noted;
		const { id } = this.#noted;
		await this.#note(this.#noted);
		return async () => {
			this.#noted = null;
			await this.#keys?.withdraw(id);
		};
	}

	async #note({ id, at }: { id: string; at: number }): Promise<void> {
		// A lock that chatters must not make a report that the server refuses.
		const answers = this.#answers.slice(0, TURN_ANSWERS).map((answer) => toHex(answer));
		await this.#keys?.note({ id, at, door: this.#id, action: this.#action, answers });
	}

	/** What is left of it: the log goes home, and that it is open stands for long enough to be read. */
	async after(link: Link, signal: AbortSignal): Promise<void> {
		const seen = this.#action === 'unlock' ? pause(SEEN_FOR, signal) : Promise.resolve();
		if (!this.#noted) {
			void this.#keys?.contact();
			await this.#carryLog(link, signal);
		}
		link.close();
		await seen;
	}

	/**
	 * Any holder's phone carries the lock's log home while it is there; of it the server believes what
	 * this holder may tell. What is left after some seconds comes with a later opening.
	 */
	async #carryLog(link: Link, signal: AbortSignal): Promise<void> {
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

function endOf(result: string): 'success' | FailureCode {
	return result === 'success' ? result : failureOfAnswer(result);
}
