/** The button as a way in: docs/lock-scheme.md section 4.3. */
import { PRESSES } from '../../protocol/noke/quick-clicks.ts';
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import { positionOf, withUse, type KeySet } from './keyset.ts';
import { turnMotor } from './motor.ts';
import type { PadlockTurn } from './padlock-turn.ts';
import { LONG_TIME, lockOutTime, NO_ENTRIES, NO_PRESSES } from './presses.ts';

/** What ends a code. */
const PAUSE_TIME = 2_000;
/** Wrong entries that begin a lock-out. */
const WRONG_ENTRIES = 5;

/** Whether presses of this lock's button can be a code. */
function takesEntries({ quickClicks }: KeySet<string>): boolean {
	return Object.keys(quickClicks).length > 0;
}

/** The button goes down. */
export function beginPress(turn: PadlockTurn): void {
	const { keys, motor, presses, flash } = turn.state;
	if (!takesEntries(keys) || motor) return;
	if (flash.entries.lockedOut) return turn.glow('red');
	turn.change({ presses: { ...presses, down: turn.now, long: false, endsAt: null } });
}

/** The button goes up. */
export function endPress(turn: PadlockTurn): void {
	const { down, code } = turn.state.presses;
	if (down === null) return;
	const press = turn.now - down >= LONG_TIME ? '1' : '0';
	const known = (code + press).slice(0, PRESSES.most + 1);
	turn.stayAwake();
	turn.change({ presses: { ...NO_PRESSES, code: known, endsAt: turn.now + PAUSE_TIME } });
}

/** Something of the entry is due now: the press has become long, or the pause is over. */
export function settleEntry(turn: PadlockTurn): void {
	const { presses, keys } = turn.state;
	if (presses.endsAt === null) return turn.change({ presses: { ...presses, long: true } });
	turn.change({ presses: NO_PRESSES });
	const { length } = presses.code;
	if (length < PRESSES.least) return;
	if (length > PRESSES.most) return turn.glow('red');
	const position = positionOf(keys, presses.code);
	if (position === null) wrongEntry(turn);
	else rightEntry(turn, position);
}

/** Spent before the motor turns: a power cut in between costs a use and gives none. */
function rightEntry(turn: PadlockTurn, position: number): void {
	const { keys, flash } = turn.state;
	const used = withUse(keys, position);
	if (used !== keys) turn.saveKeys(used, { entries: NO_ENTRIES });
	else if (flash.entries.wrong > 0 || flash.entries.lockOuts > 0)
		turn.save({ flash: { ...flash, entries: NO_ENTRIES } });
	turnMotor(turn, { action: 'unlock', by: 'quick click', who: position, asked: null });
}

function wrongEntry(turn: PadlockTurn): void {
	const { flash } = turn.state;
	const wrong = flash.entries.wrong + 1;
	if (wrong < WRONG_ENTRIES)
		turn.save({ flash: { ...flash, entries: { ...flash.entries, wrong } } });
	else {
		const entries = { wrong: 0, lockOuts: flash.entries.lockOuts + 1, lockedOut: true };
		const lockedOutUntil = turn.now + lockOutTime(entries);
		turn.record(RECORD_ACTION.alarmTriggered, 1, { flash: { ...flash, entries }, lockedOutUntil });
	}
	turn.glow('red');
}

/** The lock-out is over. */
export function endLockOut(turn: PadlockTurn): void {
	const { flash } = turn.state;
	const entries = { ...flash.entries, lockedOut: false };
	turn.save({ flash: { ...flash, entries }, lockedOutUntil: null });
}
