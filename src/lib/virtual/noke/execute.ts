/** What an authentic command does: docs/lock-scheme.md sections 4.1, 5 and 6. */
import { OPCODE } from '../../protocol/noke/commands.ts';
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import { FOR_EVER, parseGetLogs } from '../../protocol/noke/writes.ts';
import { applyChange, changesKeys } from './changes.ts';
import { hardwareOf, MOTOR_TIME, runMotor } from './hardware.ts';
import { rewind } from './log.ts';
import { accept } from './order.ts';
import type { Signed } from './receive.ts';
import type { Motor, Session } from './state.ts';
import { commitSteps } from './store.ts';
import type { Result, Turn } from './turn.ts';

/** Works off one authentic command; an opening is answered when its motor has run. */
export function execute(turn: Turn, session: Session, signed: Signed): void {
	const { signer, id, command, time } = signed;
	const slot = signer.under === 'slot' ? signer.slot : null;
	const order = accept(session.order, { slot, id, time });
	if (!order) return turn.result('invalid-command', id);
	turn.setSession({ order, wrongKeys: 0 });
	if (signer.under === 'previous' && !changesKeys(command)) return turn.result('invalid-key', id);
	const clockWasUnknown = turn.state.clock === null;
	if (signer.under === 'current') setClock(turn, time);
	switch (command.opcode) {
		case OPCODE.unlock:
			return open(turn, signed, 'unlock', clockWasUnknown);
		case OPCODE.unshackle:
			return open(turn, signed, 'unshackle', clockWasUnknown);
		case OPCODE.getLogs:
			return sendLogs(turn, signed, clockWasUnknown);
		case OPCODE.shutDown:
			return shutDown(turn, signed);
		default:
			if (!changesKeys(command)) return turn.result('invalid-command', id);
			return changeKeys(turn, session, signed, clockWasUnknown);
	}
}

/** The end of a motor run: metal moved or not, the record of it, and the answer. */
export function finishMotor(turn: Turn, motor: Motor): void {
	const { action, signed, clockWasUnknown, answer } = motor;
	const { body, moved } = runMotor(turn.state.body, action);
	turn.set({ body, motor: null });
	turn.stayAwake();
	const bySlot = signed.signer.under === 'slot';
	const first = !bySlot && action === 'unlock' && turn.state.session?.firstOpening === true;
	const opened = bySlot
		? RECORD_ACTION.unlockedBySlot
		: first
			? RECORD_ACTION.setupUnlocked
			: RECORD_ACTION.unlocked;
	const done = action === 'unshackle' ? RECORD_ACTION.unshackled : opened;
	turn.record(moved ? done : RECORD_ACTION.failedUnlock, signed.command.argument);
	if (moved) turn.glow('green');
	if (!answer) return;
	if (moved && first) turn.setSession({ firstOpening: false });
	const failure = action === 'unlock' ? 'failed-to-unlock' : 'failed-to-unshackle';
	answerWithRecords(turn, signed, moved ? 'success' : failure, clockWasUnknown);
}

function open(
	turn: Turn,
	signed: Signed,
	action: 'unlock' | 'unshackle',
	clockWasUnknown: boolean
): void {
	const refusal = refusalOf(turn, signed, action);
	if (refusal === 'out-of-schedule')
		turn.record(RECORD_ACTION.failedUnlock, signed.command.argument);
	if (refusal) return answerWithRecords(turn, signed, refusal, clockWasUnknown);
	const until = turn.now + MOTOR_TIME[action];
	turn.set({ motor: { until, action, signed, clockWasUnknown, answer: true } });
}

function refusalOf(
	turn: Turn,
	{ signer, command }: Signed,
	action: 'unlock' | 'unshackle'
): Result | null {
	if (action === 'unshackle') {
		if (signer.under === 'slot') return 'invalid-permission';
		if (!hardwareOf(turn.state.identity.hardwareType).unshackles) return 'invalid-command';
	}
	if (command.data.length > 0) return 'invalid-data';
	if (signer.under !== 'slot') return null;
	if (command.argument !== signer.slot) return 'invalid-data';
	const window = turn.state.keys.slots[signer.slot];
	if (!window || (window.from === 0 && window.until === FOR_EVER)) return null;
	const { clock } = turn.state;
	const inside = clock !== null && window.from <= turn.unix && turn.unix <= window.until;
	return inside ? null : 'out-of-schedule';
}

function sendLogs(turn: Turn, signed: Signed, clockWasUnknown: boolean): void {
	const cursor = parseGetLogs(signed.command);
	if (signed.signer.under === 'slot')
		return answerWithRecords(turn, signed, 'invalid-permission', clockWasUnknown);
	if (cursor === null) return answerWithRecords(turn, signed, 'invalid-data', clockWasUnknown);
	const { flash } = turn.state;
	turn.save({ flash: { ...flash, log: rewind(flash.log, cursor) } });
	answerWithRecords(turn, signed, 'success', clockWasUnknown);
}

function answerWithRecords(
	turn: Turn,
	signed: Signed,
	result: Result,
	clockWasUnknown: boolean
): void {
	turn.acknowledge(signed, result, { clockWasUnknown, records: true });
	turn.result(result, signed.id);
}

function shutDown(turn: Turn, { signer, id, command }: Signed): void {
	if (signer.under === 'slot') return turn.result('invalid-permission', id);
	if (command.argument !== 0 || command.data.length > 0) return turn.result('invalid-data', id);
	turn.result('success', id);
	turn.sleep({ timedOut: false });
}

function changeKeys(turn: Turn, session: Session, signed: Signed, clockWasUnknown: boolean): void {
	const { signer, id, command } = signed;
	if (signer.under === 'slot') return turn.result('invalid-permission', id);
	const { keys, flash } = turn.state;
	const changed = applyChange(keys, session.stage, signer, command);
	if (changed.keys !== keys) {
		// The answer is made under the new key, so it must not leave before the pointer is flipped.
		for (const step of commitSteps(flash, changed.keys)) turn.save({ flash: step });
		turn.set({ keys: changed.keys });
		turn.setSession({ firstOpening: session.firstOpening || keys.epoch === 0 });
	}
	turn.setSession({ stage: changed.stage });
	if (
		command.opcode === OPCODE.setUp &&
		(signer.under === 'current' || changed.result === 'success')
	)
		turn.acknowledge(signed, changed.result, { clockWasUnknown, records: false });
	turn.result(changed.result, id);
}

/** Forward only: a server whose clock is behind must not bring an ended slot back to life. */
function setClock(turn: Turn, time: number): void {
	if (time > turn.unix) turn.set({ clock: { unix: time, at: turn.now } });
}
