import { fromHex, type Bytes } from '../../protocol/bytes.ts';
import {
	acknowledgementBody,
	RESULTS,
	resultPacket,
	serverPacket,
	shutdownPacket,
	TYPE,
	type ResultName
} from '../../protocol/noke/answers.ts';
import { recordBody } from '../../protocol/noke/records.ts';
import { AWAKE_TIME, lockState, runRadio } from './hardware.ts';
import { append, markSent, unsent } from './log.ts';
import type { Signed } from './receive.ts';
import type { Milliseconds, Output, Running, SavedState, Session } from './state.ts';

export type Result = Exclude<ResultName, 'unknown'>;

const GLOW_TIME = { green: 3_000, red: 1_500 } as const;

/** One event being worked off: the state as it becomes, and what the lock does on the way. */
export class Turn {
	readonly outputs: Output[] = [];
	state: Running;
	now: Milliseconds;

	constructor(state: Running, now: Milliseconds) {
		this.state = state;
		this.now = now;
	}

	set(change: Partial<Running>): void {
		this.state = { ...this.state, ...change };
	}

	/** Changes the session, if there still is one. */
	setSession(change: Partial<Session>): void {
		if (this.state.session) this.set({ session: { ...this.state.session, ...change } });
	}

	/** One durable write. */
	save(change: Partial<SavedState>): void {
		this.set(change);
		const { identity, flash, body, clock } = this.state;
		this.outputs.push({ save: { identity, flash, body, clock } });
	}

	/** Unix seconds by the lock's own clock, 0 when that is unknown. */
	get unix(): number {
		const { clock } = this.state;
		return clock ? clock.unix + Math.floor((this.now - clock.at) / 1000) : 0;
	}

	/** Pays for the radio up to `now`, and moves there. */
	advance(now: Milliseconds): void {
		const { awakeUntil, paidUntil, body } = this.state;
		if (awakeUntil !== null && now > paidUntil)
			this.set({ body: runRadio(body, now - paidUntil), paidUntil: now });
		this.now = now;
	}

	/** Something happened: the time until sleep begins anew. */
	stayAwake(): void {
		if (this.state.awakeUntil === null) this.set({ paidUntil: this.now });
		this.set({ awakeUntil: this.now + AWAKE_TIME });
	}

	glow(colour: 'green' | 'red'): void {
		this.set({ glow: { colour, until: this.now + GLOW_TIME[colour] } });
	}

	/** Writes a record, durable at once. */
	record(action: number, who = 0): void {
		const { flash } = this.state;
		this.save({ flash: { ...flash, log: append(flash.log, this.unix, action, who) } });
	}

	/** The app packet that every packet from the phone gets, the last of its answer. */
	result(result: Result, id: number): void {
		if (result !== 'success') this.glow('red');
		this.notify(resultPacket(result, id));
	}

	/** An acknowledgement under the current master key; with `records` those not sent yet follow. */
	acknowledge(
		{ id, command }: Signed,
		result: Result,
		about: { clockWasUnknown: boolean; records: boolean }
	): void {
		const { flash, body, keys } = this.state;
		const waiting = unsent(flash.log);
		const carried = about.records ? waiting.records : [];
		// Marked before they go out: a record that is lost with the link is asked for by its counter.
		if (carried.length > 0) this.save({ flash: { ...flash, log: markSent(flash.log, carried) } });
		const ack = acknowledgementBody({
			opcode: command.opcode,
			result: RESULTS[result].code,
			epoch: keys.epoch,
			lockState: lockState(body),
			moreRecords: about.records ? waiting.more : waiting.records.length > 0,
			clockWasUnknown: about.clockWasUnknown,
			argument: command.argument
		});
		this.#server(about.records ? TYPE.unlock : TYPE.key, id, ack);
		for (const record of carried) this.#server(TYPE.log, id, recordBody(record));
	}

	/** Ends the link, with the word of it, and sleeps. */
	sleep(reason: { timedOut: boolean }): void {
		const { session, body } = this.state;
		if (session) {
			this.notify(shutdownPacket({ open: body.shackle !== 'closed', ...reason }));
			this.outputs.push({ disconnect: true });
		}
		this.unlink();
		this.set({ awakeUntil: null, glow: null });
		this.save({});
	}

	/** Forgets the connection. A motor turns on, but nobody is answered. */
	unlink(): void {
		const { motor } = this.state;
		this.set({ session: null, motor: motor && { ...motor, answer: false } });
	}

	notify(packet: Bytes): void {
		if (this.state.session?.subscribed) this.outputs.push({ notify: packet });
	}

	#server(type: number, id: number, body: Bytes): void {
		const { session, keys } = this.state;
		if (!session) return;
		const { ordinal, state } = session;
		const master = { key: fromHex(keys.master), epoch: keys.epoch };
		this.setSession({ ordinal: ordinal + 1 });
		this.notify(serverPacket(master, state, { type, id, ordinal }, body));
	}
}
