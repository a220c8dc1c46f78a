import { movedData } from '../../protocol/ttlock/answers.ts';
import { MOTOR_TIME, runMotor } from './hardware.ts';
import type { Cause, Motor } from './state.ts';
import type { Turn } from './turn.ts';

/**
 * Sets the motor going; the record is written and the command answered when it has run. A run that is
 * still under way is over first.
 */
export function turnBolt(
	turn: Turn,
	action: 'unlock' | 'lock',
	cause: Cause,
	answer: number | null = null
): void {
	if (turn.state.motor) finishMotor(turn, turn.state.motor);
	turn.set({ motor: { until: turn.now + MOTOR_TIME, action, cause, answer } });
}

/** The end of a motor run: the bolt moved or not, the record of it, and the answer. */
export function finishMotor(turn: Turn, { action, cause, answer }: Motor): void {
	const { body, moved } = runMotor(turn.state.body, action);
	const { autoLock } = turn.state.flash.settings;
	const relocks = action === 'unlock' && moved && autoLock > 0;
	turn.set({ body, motor: null });
	turn.setTimers({ relockAt: relocks ? turn.now + autoLock * 1000 : null });
	turn.glow(moved ? 'green' : 'red');
	if (moved) turn.record(cause.action, cause.detail);
	if (answer === null) return;
	if (!moved) return turn.refuse(answer, 'no-power');
	const { detail } = cause;
	const record = detail.kind === 'key' ? { ...detail, time: turn.local } : null;
	turn.answer(answer, movedData({ battery: turn.battery, record }));
}
