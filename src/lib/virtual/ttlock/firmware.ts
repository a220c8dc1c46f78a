/**
 * The firmware of a virtual door lock: one pure step for each thing that happens to it. It speaks
 * TTLock V3 (docs/door-lock.md) and refuses what that page refuses. It has no clock, no timer and no
 * randomness: `now` and entropy come from the host, which sends a tick when `nextWake` is due.
 */
import { concat } from '../../protocol/bytes.ts';
import { Reassembler } from '../../protocol/ttlock/frame.ts';
import { isPassage } from '../../protocol/ttlock/passage.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import { VirtualError } from '../errors.ts';
import { execute } from './execute.ts';
import { IDLE_TIME, MOST_WRONG, PIECE_TIME } from './hardware.ts';
import { endLockOut, lockOut, touch } from './keypad.ts';
import { finishMotor, turnBolt } from './motor.ts';
import { forget } from './pairing.ts';
import { receiveFrame } from './receive.ts';
import type { DoorEvent, Milliseconds, Output, Running, SavedState } from './state.ts';
import { Turn } from './turn.ts';

/** What the clock shows after it had no power: inside the window that permanent keys are told with. */
const CLOCK_WITHOUT_POWER = Date.UTC(2000, 1, 1);

/** Milliseconds between two looks at whether the hours of the passage mode are over. */
const PASSAGE_STEP = 60_000;

/** A lock as saved: bolt and clock as they were. */
export function wakeUp(saved: SavedState): Running {
	return { ...saved, session: null, motor: null, typed: '', touchedUntil: null, glow: null };
}

/** When the next tick is due, or null while nothing is going on. */
export function nextWake(lock: Running): Milliseconds | null {
	const { motor, session, touchedUntil, glow } = lock;
	const { relockAt, lockedOutUntil } = lock.timers;
	const idleAt = session && session.heardAt + IDLE_TIME;
	const due = [motor?.until, idleAt, relockAt, touchedUntil, lockedOutUntil, glow?.until];
	const known = due.filter((at) => typeof at === 'number');
	return known.length > 0 ? Math.min(...known) : null;
}

/**
 * One event.
 * @param now never less than at the event before
 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
 */
export function step(
	lock: Running,
	event: DoorEvent,
	now: Milliseconds
): { lock: Running; outputs: readonly Output[] } {
	const turn = new Turn(lock, now);
	for (let due = nextWake(lock); due !== null && due <= now; due = nextWake(turn.state)) {
		turn.now = due;
		settle(turn);
	}
	turn.now = now;
	handle(turn, event);
	return { lock: turn.state, outputs: turn.outputs };
}

/** What is due at this moment, the most urgent of it. */
function settle(turn: Turn): void {
	const { motor, touchedUntil, glow } = turn.state;
	const { relockAt, lockedOutUntil } = turn.state.timers;
	const isDue = (at: Milliseconds | null | undefined) => at != null && at <= turn.now;
	if (motor && isDue(motor.until)) finishMotor(turn, motor);
	else if (isDue(relockAt)) relock(turn);
	else if (isDue(lockedOutUntil)) endLockOut(turn);
	else if (isDue(touchedUntil)) turn.set({ touchedUntil: null, typed: '' });
	else if (isDue(glow?.until)) turn.set({ glow: null });
	else if (isDue(turn.idleAt)) turn.hangUp();
}

function relock(turn: Turn): void {
	const { flash } = turn.state;
	if (flash.settings.passage.some((rule) => isPassage(rule, turn.local)))
		return turn.setTimers({ relockAt: turn.now + PASSAGE_STEP });
	turn.setTimers({ relockAt: null });
	turnBolt(turn, 'lock', { action: RECORD_ACTION.autoLocked, detail: { kind: 'none' } });
}

function handle(turn: Turn, event: DoorEvent): void {
	switch (event.kind) {
		case 'key':
			return touch(turn, event.key);
		case 'connect':
			return connect(turn, event.entropy);
		case 'subscribe':
			return turn.setSession({ subscribed: event.on });
		case 'write':
			return write(turn, event.bytes);
		case 'disconnect':
			return turn.unlink();
		case 'turn':
			return byHand(turn, event.by, event.to);
		case 'reset-button':
			turn.setSession({ trust: 'none' });
			return void forget(turn);
		case 'power-cut':
			return powerCut(turn, event.battery);
		case 'tick':
			return;
	}
}

function connect(turn: Turn, entropy: Uint8Array): void {
	if (entropy.length !== 16) throw new VirtualError('bad-length', 'entropy is 16 bytes');
	if (turn.state.session) return void turn.outputs.push({ refused: 'taken' });
	turn.set({
		session: {
			entropy: Uint8Array.from(entropy),
			drawn: 0,
			subscribed: false,
			rest: new Uint8Array(0),
			heardAt: turn.now,
			givenKey: null,
			handshake: null,
			trust: 'none'
		}
	});
}

function write(turn: Turn, piece: Uint8Array): void {
	const { session } = turn.state;
	if (!session?.subscribed) return;
	// The rest of a frame that was lost on the way must not swallow the next one.
	const begun = turn.now - session.heardAt > PIECE_TIME ? new Uint8Array(0) : session.rest;
	const reassembler = new Reassembler();
	const received = reassembler.feed(concat(begun, piece));
	turn.setSession({ rest: reassembler.rest, heardAt: turn.now });
	for (const frame of received) {
		const one = receiveFrame(turn.state, frame);
		if (one.kind === 'command') execute(turn, one.opcode, one.data);
		else turn.refuse(one.opcode, one.refusal);
	}
}

function byHand(turn: Turn, by: 'inside' | 'key', to: 'unlock' | 'lock'): void {
	const { body, motor, flash } = turn.state;
	const bolt = to === 'unlock' ? 'unlocked' : 'locked';
	if (motor || body.bolt === bolt) return;
	const { autoLock } = flash.settings;
	const relockAt = to === 'unlock' && autoLock > 0 ? turn.now + autoLock * 1000 : null;
	turn.set({ body: { ...body, bolt } });
	turn.setTimers({ relockAt });
	const actions = {
		inside: { unlock: RECORD_ACTION.unlockedFromInside, lock: RECORD_ACTION.lockedByButton },
		key: { unlock: RECORD_ACTION.unlockedByKey, lock: RECORD_ACTION.lockedByKey }
	};
	turn.record(actions[by][to]);
}

function powerCut(turn: Turn, battery = turn.state.body.battery): void {
	const { identity, flash, body, session } = turn.state;
	if (session) turn.outputs.push({ disconnect: true });
	const clock = { local: CLOCK_WITHOUT_POWER, at: turn.now };
	const timers = { relockAt: null, lockedOutUntil: null };
	turn.state = wakeUp({ identity, flash, body: { ...body, battery }, clock, timers });
	const { autoLock } = flash.settings;
	if (body.bolt === 'unlocked' && autoLock > 0)
		turn.setTimers({ relockAt: turn.now + autoLock * 1000 });
	if (flash.wrongCodes >= MOST_WRONG) lockOut(turn);
	turn.record(RECORD_ACTION.startUp);
}
