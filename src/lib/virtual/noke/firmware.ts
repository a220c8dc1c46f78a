/**
 * The firmware of a virtual padlock: one pure step for each thing that happens to it. It speaks
 * docs/lock-scheme.md and refuses what that page refuses. It has no clock, no timer and no
 * randomness: `now` and entropy come from the host, which sends a tick when `nextWake` is due.
 */
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import { ASLEEP, earliest, type Milliseconds } from './air.ts';
import { beginPress, endLockOut, endPress, settleEntry } from './entry.ts';
import { execute } from './execute.ts';
import { NOTHING_HELD } from './keyset.ts';
import { listen } from './listen.ts';
import { finishMotor } from './motor.ts';
import { atRest, PadlockTurn } from './padlock-turn.ts';
import { entryDue, lockOutTime, NO_ENTRIES, NO_PRESSES } from './presses.ts';
import type { AnySavedState, Output, PadlockEvent, Running } from './state.ts';
import { activeKeys } from './store.ts';

/**
 * A lock at rest, asleep, as saved. What a state of an earlier version lacks is as it was then.
 * @throws VirtualError `damaged`
 */
export function wakeUp(saved: AnySavedState): Running {
	const { identity, clock, lockedOutUntil = null } = saved;
	return {
		identity,
		clock,
		lockedOutUntil,
		flash: { entries: NO_ENTRIES, ...saved.flash },
		body: { engaged: saved.body.shackle === 'closed', ...saved.body },
		keys: { ...NOTHING_HELD, ...activeKeys(saved.flash) },
		air: ASLEEP,
		paidUntil: 0,
		motor: null,
		presses: NO_PRESSES,
		firmwareUntil: null
	};
}

/** When the next tick is due, or null while nothing is going on. */
export function nextWake(lock: Running): Milliseconds | null {
	const { air, motor, presses, firmwareUntil, lockedOutUntil } = lock;
	const others = [air.awakeUntil, air.glow?.until, firmwareUntil, lockedOutUntil];
	return earliest(motor?.until, entryDue(presses), ...others);
}

/**
 * One event.
 * @param now never less than at the event before
 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
 */
export function step(
	lock: Running,
	event: PadlockEvent,
	now: Milliseconds
): { lock: Running; outputs: readonly Output[] } {
	const turn = new PadlockTurn(lock, now);
	let due = nextWake(lock);
	while (due !== null && due <= now) {
		turn.advance(due);
		settle(turn);
		due = nextWake(turn.state);
	}
	turn.advance(now);
	handle(turn, event);
	return { lock: turn.state, outputs: turn.outputs };
}

/** The first thing that is due. */
function settle(turn: PadlockTurn): void {
	const { motor, presses, air, firmwareUntil, lockedOutUntil } = turn.state;
	const isDue = (at: Milliseconds | null | undefined) => typeof at === 'number' && at <= turn.now;
	if (motor && isDue(motor.until)) finishMotor(turn, motor);
	else if (isDue(lockedOutUntil)) endLockOut(turn);
	else if (isDue(entryDue(presses))) settleEntry(turn);
	else if (isDue(air.glow?.until)) turn.set({ glow: null });
	else if (isDue(firmwareUntil)) turn.change({ firmwareUntil: null });
	else if (isDue(air.awakeUntil)) turn.sleep({ timedOut: true });
}

function handle(turn: PadlockTurn, event: PadlockEvent): void {
	const { body, motor, keys, firmwareUntil } = turn.state;
	switch (event.kind) {
		case 'press':
			return firmwareUntil === null ? press(turn) : undefined;
		case 'release':
			return endPress(turn);
		case 'close':
			return close(turn);
		case 'strain':
			return turn.save({ body: { ...body, strained: event.on } });
		case 'power-cut':
			return powerCut(turn, event.millivolts);
		case 'tick':
			return;
		default: {
			const lock = { keys, millivolts: body.millivolts, busy: motor !== null };
			const signed = listen(turn, event, lock);
			if (signed) execute(turn, signed);
		}
	}
}

function press(turn: PadlockTurn): void {
	const asleep = turn.air.awakeUntil === null;
	turn.stayAwake();
	const newest = turn.state.flash.log.records.at(-1)?.action;
	// One record for any number of touches: a child at the button must not empty the ring.
	if (asleep && newest !== RECORD_ACTION.buttonTouched) turn.record(RECORD_ACTION.buttonTouched);
	beginPress(turn);
}

function close(turn: PadlockTurn): void {
	const { body, motor, keys } = turn.state;
	if (body.engaged || motor) return;
	if (keys.explicitLock) return turn.save({ body: { ...body, shackle: 'closed' } });
	turn.change({ body: { ...body, shackle: 'closed', engaged: true } });
	turn.record(RECORD_ACTION.locked);
	if (turn.air.awakeUntil !== null) turn.sleep({ timedOut: false });
}

function powerCut(turn: PadlockTurn, millivolts = turn.state.body.millivolts): void {
	const { flash, body } = turn.state;
	if (turn.air.session) turn.outputs.push({ disconnect: true });
	// Nobody knows how long the power was away: a lock-out that was going on begins anew.
	const { entries } = flash;
	const lockedOutUntil = entries.lockedOut ? turn.now + lockOutTime(entries) : null;
	const kept = {
		...atRest(turn.state),
		body: { ...body, millivolts },
		clock: null,
		lockedOutUntil
	};
	const { air, ...rest } = wakeUp(kept);
	turn.air = air;
	turn.change(rest);
	turn.record(RECORD_ACTION.startUp);
}
