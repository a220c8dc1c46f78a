/** The keypad: codes that are typed, and what too many wrong ones lead to. */
import { fromHex } from '../../protocol/bytes.ts';
import { randomPasscodeKey } from '../../protocol/ttlock/random-passcodes.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import { LOCK_OUT_TIME, MOST_WRONG, TYPING_TIME } from './hardware.ts';
import { turnBolt } from './motor.ts';
import { typeCode } from './passcodes.ts';
import type { Turn } from './turn.ts';

const LONGEST = 9;
const SHORTEST = 4;

/** One key: a digit, `#` at the end, `*` to begin anew. Other keys are none. */
export function touch(turn: Turn, key: string): void {
	const { typed, timers } = turn.state;
	turn.set({ touchedUntil: turn.now + TYPING_TIME });
	if (timers.lockedOutUntil !== null) return turn.glow('red');
	if (/^\d$/.test(key)) turn.set({ typed: (typed + key).slice(-LONGEST - 1) });
	else if (key === '*') turn.set({ typed: '' });
	else if (key === '#') {
		turn.set({ typed: '' });
		if (typed !== '') enter(turn, typed);
	}
}

/** Begins, or begins again after a power cut, the time in which the keypad is dead. */
export function lockOut(turn: Turn): void {
	turn.set({ typed: '' });
	turn.setTimers({ lockedOutUntil: turn.now + LOCK_OUT_TIME });
}

/** The keypad lives again, with all its tries. */
export function endLockOut(turn: Turn): void {
	turn.setTimers({ lockedOutUntil: null });
	turn.saveFlash({ wrongCodes: 0 });
}

function enter(turn: Turn, code: string): void {
	const { flash } = turn.state;
	const { settings, seed, passcodes } = flash;
	// A lock of nobody opens to no code.
	if (flash.settingMode) return turn.glow('red');
	if (code.length < SHORTEST || code.length > LONGEST) return wrong(turn, code, 'wrong');
	if (code === settings.adminPasscode) return opens(turn, code);
	const key = seed === null ? null : randomPasscodeKey(fromHex(seed));
	const typed = typeCode(passcodes, key, code, turn.local);
	if (typed.kind === 'expired' || typed.kind === 'wrong') return wrong(turn, code, typed.kind);
	if (typed.passcodes !== passcodes) turn.saveFlash({ passcodes: typed.passcodes });
	if (typed.kind === 'opens') return opens(turn, code);
	turn.record(RECORD_ACTION.deleteCodeUsed, { kind: 'passcode', code, newCode: code });
	forgive(turn);
	turn.glow('green');
}

function opens(turn: Turn, code: string): void {
	forgive(turn);
	const detail = { kind: 'passcode', code, newCode: code } as const;
	turnBolt(turn, 'unlock', { action: RECORD_ACTION.unlockedByPasscode, detail });
}

function forgive(turn: Turn): void {
	if (turn.state.flash.wrongCodes > 0) turn.saveFlash({ wrongCodes: 0 });
}

function wrong(turn: Turn, code: string, kind: 'expired' | 'wrong'): void {
	const wrongCodes = turn.state.flash.wrongCodes + 1;
	// Counted before anything shows: pulling the battery must not give the tries back.
	turn.saveFlash({ wrongCodes });
	if (kind === 'expired')
		turn.record(RECORD_ACTION.passcodeExpired, { kind: 'passcode', code, newCode: code });
	else turn.record(RECORD_ACTION.wrongPasscode, { kind: 'passcode', code, newCode: null });
	turn.glow('red');
	if (wrongCodes < MOST_WRONG) return;
	lockOut(turn);
	turn.record(RECORD_ACTION.lockedOut);
}
