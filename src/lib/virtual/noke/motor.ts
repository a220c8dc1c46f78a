/** What moves metal: openings, and engaging. docs/lock-scheme.md sections 2.1 and 4.1. */
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import { engages, hardwareOf, MOTOR_TIME, runMotor } from './hardware.ts';
import type { PadlockTurn } from './padlock-turn.ts';
import { NO_PRESSES } from './presses.ts';
import type { Signed } from './receive.ts';
import type { Asked, Motor } from './state.ts';
import type { Result } from './turn.ts';

/** An unlock or unshackle; it is answered when its motor has run. */
export function open(turn: PadlockTurn, asked: Asked, action: 'unlock' | 'unshackle'): void {
	const { signer, command } = asked.signed;
	const refusal = refusalOf(turn, asked.signed, action);
	if (refusal === 'out-of-schedule') turn.record(RECORD_ACTION.failedUnlock, command.argument);
	if (refusal) return turn.answer(asked, refusal);
	const by = signer.under === 'slot' ? 'slot' : 'server';
	turnMotor(turn, { action, by, who: command.argument, asked });
}

function refusalOf(
	turn: PadlockTurn,
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
	const window = turn.keys.slots[signer.slot];
	if (!window || (window.from === 0 && window.until === FOR_EVER)) return null;
	const { clock } = turn.state;
	const inside = clock !== null && window.from <= turn.unix && turn.unix <= window.until;
	return inside ? null : 'out-of-schedule';
}

/** Pushes the bolt into a shackle that is home. */
export function engage(turn: PadlockTurn, asked: Asked): void {
	const { signer, command } = asked.signed;
	const { identity, body } = turn.state;
	if (signer.under === 'slot') return turn.answer(asked, 'invalid-permission');
	if (!engages(identity)) return turn.answer(asked, 'invalid-command');
	if (command.data.length > 0) return turn.answer(asked, 'invalid-data');
	if (body.shackle !== 'closed') return turn.answer(asked, 'failed-to-lock');
	if (body.engaged) return turn.answer(asked, 'success');
	turnMotor(turn, { action: 'engage', by: 'server', who: command.argument, asked });
}

/** Starts the motor. An entry on the button ends with it. */
export function turnMotor(turn: PadlockTurn, run: Omit<Motor, 'until'>): void {
	const until = turn.now + MOTOR_TIME[run.action];
	turn.change({ motor: { ...run, until }, presses: NO_PRESSES });
}

const FAILURE = {
	unlock: 'failed-to-unlock',
	unshackle: 'failed-to-unshackle',
	engage: 'failed-to-lock'
} as const;

/** The end of a motor run: metal moved or not, the record of it, and the answer. */
export function finishMotor(turn: PadlockTurn, motor: Motor): void {
	const { body, moved } = runMotor(turn.state.body, motor.action);
	turn.change({ body, motor: null });
	turn.stayAwake();
	const first = motor.by === 'server' && turn.air.session?.firstOpening === true;
	const action = moved ? recordOf(motor, first) : failureOf(motor);
	if (action !== null) turn.record(action, motor.who);
	if (moved && motor.action !== 'engage') turn.glow('green');
	if (!moved && motor.by === 'quick click') turn.glow('red');
	if (!motor.asked) return;
	if (moved && first && motor.action === 'unlock') turn.setSession({ firstOpening: false });
	turn.answer(motor.asked, moved ? 'success' : FAILURE[motor.action]);
}

function recordOf({ action, by }: Motor, first: boolean): number {
	if (action === 'engage') return RECORD_ACTION.locked;
	if (action === 'unshackle') return RECORD_ACTION.unshackled;
	if (by === 'slot') return RECORD_ACTION.unlockedBySlot;
	if (by === 'quick click') return RECORD_ACTION.unlockedByQuickClick;
	return first ? RECORD_ACTION.setupUnlocked : RECORD_ACTION.unlocked;
}

function failureOf({ action, by }: Motor): number | null {
	if (action === 'engage') return null;
	return by === 'quick click' ? RECORD_ACTION.failedQuickClick : RECORD_ACTION.failedUnlock;
}
