import { acknowledgementBody, RESULTS, TYPE } from '../../protocol/noke/answers.ts';
import { RECORD_ACTION, recordBody } from '../../protocol/noke/records.ts';
import type { Milliseconds } from './air.ts';
import { lockState, runRadio } from './hardware.ts';
import type { KeySet, Write } from './keyset.ts';
import { append, markSent, unsent } from './log.ts';
import { NO_PRESSES } from './presses.ts';
import type { Asked, Running, SavedState } from './state.ts';
import { commitSteps } from './store.ts';
import { Turn, type Result } from './turn.ts';

/** One event of a padlock being worked off: with its metal, its battery, its clock and its log. */
export class PadlockTurn extends Turn<Write<string>, SavedState> {
	#rest: Omit<Running, 'air'>;

	constructor({ air, ...rest }: Running, now: Milliseconds) {
		super(air, now);
		this.#rest = rest;
	}

	get state(): Running {
		return { ...this.#rest, air: this.air };
	}

	override get keys(): KeySet<string> {
		return this.#rest.keys;
	}

	protected override get open(): boolean {
		return !this.#rest.body.engaged;
	}

	change(change: Partial<Omit<Running, 'air'>>): void {
		this.#rest = { ...this.#rest, ...change };
	}

	/** One durable write. */
	save(change: Partial<SavedState>): void {
		this.change(change);
		this.outputs.push({ save: atRest(this.state) });
	}

	/** Makes a key set durable and then takes it up. @param also becomes durable in the same moment */
	saveKeys(keys: KeySet<string>, also: Partial<SavedState['flash']> = {}): void {
		const [torn, written, flipped] = commitSteps(this.#rest.flash, keys);
		this.save({ flash: torn });
		this.save({ flash: written });
		this.save({ flash: { ...flipped, ...also } });
		this.change({ keys });
	}

	/** Unix seconds by the lock's own clock, 0 when that is unknown. */
	get unix(): number {
		const { clock } = this.#rest;
		return clock ? clock.unix + Math.floor((this.now - clock.at) / 1000) : 0;
	}

	/** Pays for the radio up to `now`, and moves there. */
	advance(now: Milliseconds): void {
		const { paidUntil, body } = this.#rest;
		if (this.air.awakeUntil !== null && now > paidUntil)
			this.change({ body: runRadio(body, now - paidUntil), paidUntil: now });
		this.now = now;
	}

	override stayAwake(): void {
		if (this.air.awakeUntil === null) this.change({ paidUntil: this.now });
		super.stayAwake();
	}

	override alarm(): void {
		this.record(RECORD_ACTION.alarmTriggered);
	}

	/** Writes a record, durable at once. @param also becomes durable in the same moment */
	record(action: number, who = 0, also: Partial<SavedState> = {}): void {
		const { flash } = { ...this.#rest, ...also };
		this.save({ ...also, flash: { ...flash, log: append(flash.log, this.unix, action, who) } });
	}

	/** An acknowledgement under the current master key; with `records` those not sent yet follow. */
	acknowledge(
		type: typeof TYPE.key | typeof TYPE.unlock,
		{ signed: { id, command }, clockWasUnknown }: Asked,
		result: Result,
		{ records }: { records: boolean }
	): void {
		const { flash, body, keys } = this.#rest;
		const waiting = unsent(flash.log);
		const carried = records ? waiting.records : [];
		// Marked before they go out: a record that is lost with the link is asked for by its counter.
		if (carried.length > 0) this.save({ flash: { ...flash, log: markSent(flash.log, carried) } });
		const ack = acknowledgementBody({
			opcode: command.opcode,
			result: RESULTS[result].code,
			epoch: keys.epoch,
			lockState: lockState(body),
			moreRecords: records ? waiting.more : waiting.records.length > 0,
			clockWasUnknown,
			explicitLock: keys.explicitLock,
			argument: command.argument
		});
		this.server(type, id, ack);
		for (const record of carried) this.server(TYPE.log, id, recordBody(record));
	}

	/** The whole answer to most commands: acknowledgement, records, app packet. */
	answer(asked: Asked, result: Result): void {
		this.acknowledge(TYPE.unlock, asked, result, { records: true });
		this.result(result, asked.signed.id);
	}

	override sleep(reason: { timedOut: boolean }): void {
		super.sleep(reason);
		this.change({ presses: NO_PRESSES });
		this.save({});
	}

	/** Forgets the connection. A motor turns on, but nobody is answered. */
	override unlink(): void {
		super.unlink();
		const { motor } = this.#rest;
		this.change({ motor: motor && { ...motor, asked: null } });
	}
}

/** What of a running lock is kept. */
export function atRest({ identity, flash, body, clock, lockedOutUntil }: Running): SavedState {
	return { identity, flash, body, clock, lockedOutUntil };
}
