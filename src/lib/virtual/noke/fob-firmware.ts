/**
 * The firmware of a virtual fob: one pure step for each thing that happens to it, over the same
 * session, packets and key set as a padlock's. It has no clock, no timer and no randomness.
 */
import { OPCODE } from '../../protocol/noke/commands.ts';
import { ASLEEP, earliest, type Milliseconds } from './air.ts';
import { FOB_CHANGES } from './fob-changes.ts';
import { hear, leave, lose, understand, write } from './fob-reach.ts';
import type { FobEvent, FobOutput, RunningFob, SavedFob } from './fob-state.ts';
import { FobTurn } from './fob-turn.ts';
import { listen } from './listen.ts';
import type { Signed } from './receive.ts';
import { applyChange, changesKeys } from './staging.ts';
import { activeKeys } from './store.ts';

/**
 * A fob at rest, asleep, as saved.
 * @throws VirtualError `damaged`
 */
export function wakeUpFob(saved: SavedFob): RunningFob {
	const { identity, flash, millivolts } = saved;
	const idle = { air: ASLEEP, listening: false, reaching: null };
	return { identity, flash, millivolts, keys: activeKeys(flash), ...idle };
}

/** When the next tick is due, or null while nothing is going on. */
export function nextFobWake({ air, reaching }: RunningFob): Milliseconds | null {
	return earliest(reaching?.until, air.glow?.until, air.awakeUntil);
}

/**
 * One event.
 * @param now never less than at the event before
 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
 */
export function stepFob(
	fob: RunningFob,
	event: FobEvent,
	now: Milliseconds
): { fob: RunningFob; outputs: readonly FobOutput[] } {
	const turn = new FobTurn(fob, now);
	let due = nextFobWake(fob);
	while (due !== null && due <= now) {
		turn.now = due;
		settle(turn);
		due = nextFobWake(turn.state);
	}
	turn.now = now;
	handle(turn, event);
	return { fob: turn.state, outputs: turn.outputs };
}

/** The first thing that is due. */
function settle(turn: FobTurn): void {
	const { reaching, air } = turn.state;
	const isDue = (at: Milliseconds | null | undefined) => typeof at === 'number' && at <= turn.now;
	if (isDue(reaching?.until)) leave(turn, 'red');
	else if (isDue(air.glow?.until)) turn.set({ glow: null });
	else turn.sleep({ timedOut: true });
}

function handle(turn: FobTurn, event: FobEvent): void {
	const { keys, millivolts, reaching, air } = turn.state;
	switch (event.kind) {
		case 'squeeze':
			turn.stayAwake();
			return turn.change({ listening: !reaching });
		case 'hear':
			return hear(turn, event.name);
		case 'reached':
			return write(turn, event.state);
		case 'notified':
			return understand(turn, event.bytes);
		case 'lost':
			return lose(turn);
		case 'power-cut':
			return powerCut(turn, event.millivolts ?? millivolts);
		case 'tick':
			return;
		default: {
			// On its way to a lock it is not on the air.
			if (event.kind === 'connect' && reaching && !air.session)
				return void turn.outputs.push({ refused: 'taken' });
			const fob = { keys: { ...keys, slots: {} }, millivolts, busy: false };
			const signed = listen(turn, event, fob);
			if (signed) execute(turn, signed);
		}
	}
}

function execute(turn: FobTurn, signed: Signed): void {
	const session = turn.air.session!;
	const { signer, id, command } = signed;
	// A fob has no slots, so this is never one: but then it could do nothing.
	if (signer.under === 'slot') return turn.result('invalid-permission', id);
	if (changesKeys(FOB_CHANGES, command)) {
		const changed = applyChange(FOB_CHANGES, turn.keys, session.stage, signer, command);
		if (changed.keys !== turn.keys) turn.saveKeys(changed.keys);
		turn.setSession({ stage: changed.stage });
		const recognised = signer.under === 'current' || changed.result === 'success';
		if (command.opcode === OPCODE.setUpFob && recognised) turn.acknowledge(signed, changed.result);
		return turn.result(changed.result, id);
	}
	if (signer.under === 'previous') return turn.result('invalid-key', id);
	if (command.opcode !== OPCODE.shutDown) return turn.result('invalid-command', id);
	if (command.argument !== 0 || command.data.length > 0) return turn.result('invalid-data', id);
	turn.result('success', id);
	turn.sleep({ timedOut: false });
}

function powerCut(turn: FobTurn, millivolts: number): void {
	const { identity, flash, reaching } = turn.state;
	if (turn.air.session) turn.outputs.push({ disconnect: true });
	if (reaching) turn.outputs.push({ leave: true });
	const { air, ...rest } = wakeUpFob({ identity, flash, millivolts });
	turn.air = air;
	turn.change(rest);
}
