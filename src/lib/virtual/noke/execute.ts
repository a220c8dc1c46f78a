/** What an authentic command does: docs/lock-scheme.md sections 4.1, 5 and 6. */
import { TYPE } from '../../protocol/noke/answers.ts';
import { OPCODE } from '../../protocol/noke/commands.ts';
import { quickClickBody } from '../../protocol/noke/quick-clicks.ts';
import { parseGetLogs } from '../../protocol/noke/writes.ts';
import type { Session } from './air.ts';
import { LOCK_CHANGES } from './changes.ts';
import { engages } from './hardware.ts';
import { counted, type KeySet, type Write } from './keyset.ts';
import { rewind } from './log.ts';
import { engage, open } from './motor.ts';
import type { PadlockTurn } from './padlock-turn.ts';
import type { Signed } from './receive.ts';
import { applyChange, changesKeys } from './staging.ts';
import type { Asked } from './state.ts';

/** Milliseconds that firmware mode lasts. */
const FIRMWARE_TIME = 60_000;

/** Works off one accepted command; an opening is answered when its motor has run. */
export function execute(turn: PadlockTurn, signed: Signed): void {
	const session = turn.air.session!;
	const { signer, id, command, time } = signed;
	const changing = changesKeys(LOCK_CHANGES, command);
	if (signer.under === 'previous' && !changing) return turn.result('invalid-key', id);
	const asked = { signed, clockWasUnknown: turn.state.clock === null };
	if (signer.under === 'current') setClock(turn, time);
	if (changing) return changeKeys(turn, session, asked);
	switch (command.opcode) {
		case OPCODE.unlock:
			return open(turn, asked, 'unlock');
		case OPCODE.unshackle:
			return open(turn, asked, 'unshackle');
		case OPCODE.engage:
			return engage(turn, asked);
		case OPCODE.getLogs:
			return sendLogs(turn, asked);
		case OPCODE.getQuickClicks:
			return sendQuickClicks(turn, asked);
		case OPCODE.firmwareUpdate:
			return enterFirmwareMode(turn, asked);
		case OPCODE.shutDown:
			return shutDown(turn, signed);
		default:
			return turn.result('invalid-command', id);
	}
}

function sendLogs(turn: PadlockTurn, asked: Asked): void {
	const { signer, command } = asked.signed;
	const cursor = parseGetLogs(command);
	if (signer.under === 'slot') return turn.answer(asked, 'invalid-permission');
	if (cursor === null) return turn.answer(asked, 'invalid-data');
	const { flash } = turn.state;
	turn.save({ flash: { ...flash, log: rewind(flash.log, cursor) } });
	turn.answer(asked, 'success');
}

function sendQuickClicks(turn: PadlockTurn, asked: Asked): void {
	const result = plainRefusal(asked.signed) ?? 'success';
	const { id } = asked.signed;
	turn.acknowledge(TYPE.unlock, asked, result, { records: false });
	if (result === 'success') {
		const { counter } = turn.state.flash.log;
		for (const click of counted(turn.keys))
			turn.server(TYPE.quickClick, id, quickClickBody({ ...click, counter }));
	}
	turn.result(result, id);
}

function enterFirmwareMode(turn: PadlockTurn, asked: Asked): void {
	const refusal = plainRefusal(asked.signed);
	if (refusal) return turn.answer(asked, refusal);
	turn.answer(asked, 'success');
	turn.sleep({ timedOut: false });
	turn.change({ firmwareUntil: turn.now + FIRMWARE_TIME });
}

function shutDown(turn: PadlockTurn, signed: Signed): void {
	const refusal = plainRefusal(signed);
	turn.result(refusal ?? 'success', signed.id);
	if (!refusal) turn.sleep({ timedOut: false });
}

/** Why a command that only the master key may give, without argument and data, is refused. */
function plainRefusal({ signer, command }: Signed): 'invalid-permission' | 'invalid-data' | null {
	if (signer.under === 'slot') return 'invalid-permission';
	return command.argument !== 0 || command.data.length > 0 ? 'invalid-data' : null;
}

function changeKeys(turn: PadlockTurn, session: Session<Write<string>>, asked: Asked): void {
	const { signer, id, command } = asked.signed;
	if (signer.under === 'slot') return turn.result('invalid-permission', id);
	const { keys } = turn;
	const changed = applyChange(LOCK_CHANGES, keys, session.stage, signer, command);
	if (changed.keys !== keys) {
		// The answer is made under the new key, so it must not leave before the pointer is flipped.
		turn.saveKeys(withinAbility(turn, changed.keys));
		turn.setSession({ firstOpening: session.firstOpening || keys.epoch === 0 });
	}
	turn.setSession({ stage: changed.stage });
	const recognised = signer.under === 'current' || changed.result === 'success';
	if (command.opcode === OPCODE.setUp && recognised)
		turn.acknowledge(TYPE.key, asked, changed.result, { records: false });
	turn.result(changed.result, id);
}

/** A refused write would cost the whole set, so a setting that this lock cannot have stays off. */
function withinAbility(turn: PadlockTurn, keys: KeySet<string>): KeySet<string> {
	return { ...keys, explicitLock: keys.explicitLock && engages(turn.state.identity) };
}

/** Forward only: a server whose clock is behind must not bring an ended slot back to life. */
function setClock(turn: PadlockTurn, time: number): void {
	if (time > turn.unix) turn.change({ clock: { unix: time, at: turn.now } });
}
