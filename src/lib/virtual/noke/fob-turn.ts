import { acknowledgementBody, RESULTS, TYPE } from '../../protocol/noke/answers.ts';
import { LOCK_STATE } from '../../protocol/noke/profile.ts';
import type { Milliseconds } from './air.ts';
import type { FobKeys, FobWrite } from './fob-keys.ts';
import type { Reach, RunningFob, SavedFob } from './fob-state.ts';
import type { Signed } from './receive.ts';
import { commitSteps } from './store.ts';
import { Turn, type Result } from './turn.ts';

/** One event of a fob being worked off. It has no metal, no clock and no log. */
export class FobTurn extends Turn<FobWrite, SavedFob, Reach> {
	#rest: Omit<RunningFob, 'air'>;

	constructor({ air, ...rest }: RunningFob, now: Milliseconds) {
		super(air, now);
		this.#rest = rest;
	}

	get state(): RunningFob {
		return { ...this.#rest, air: this.air };
	}

	override get keys(): FobKeys {
		return this.#rest.keys;
	}

	protected override get open(): boolean {
		return false;
	}

	change(change: Partial<Omit<RunningFob, 'air'>>): void {
		this.#rest = { ...this.#rest, ...change };
	}

	/** Makes a key set durable and then takes it up. */
	saveKeys(keys: FobKeys): void {
		for (const flash of commitSteps(this.#rest.flash, keys)) {
			this.change({ flash });
			this.outputs.push({ save: fobAtRest(this.state) });
		}
		this.change({ keys });
	}

	/** Keeps no log, so the link just ends. */
	override alarm(): void {}

	acknowledge({ id, command }: Signed, result: Result): void {
		const ack = acknowledgementBody({
			opcode: command.opcode,
			result: RESULTS[result].code,
			epoch: this.keys.epoch,
			lockState: LOCK_STATE.locked,
			moreRecords: false,
			clockWasUnknown: false,
			explicitLock: false,
			argument: command.argument
		});
		this.server(TYPE.key, id, ack);
	}

	override sleep(reason: { timedOut: boolean }): void {
		if (this.#rest.reaching) this.outputs.push({ leave: true });
		super.sleep(reason);
		this.change({ listening: false, reaching: null });
	}
}

/** What of a running fob is kept. */
export function fobAtRest({ identity, flash, millivolts }: RunningFob): SavedFob {
	return { identity, flash, millivolts };
}
