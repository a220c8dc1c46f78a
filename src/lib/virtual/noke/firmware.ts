/**
 * The firmware of a virtual padlock: one pure step for each thing that happens to it. It speaks
 * docs/lock-scheme.md and refuses what that page refuses. It has no clock, no timer and no
 * randomness: `now` and entropy come from the host, which sends a tick when `nextWake` is due.
 */
import { concat, littleEndian } from '../../protocol/bytes.ts';
import { PACKET_LENGTH } from '../../protocol/noke/frame.ts';
import { RECORD_ACTION } from '../../protocol/noke/records.ts';
import { VirtualError } from '../errors.ts';
import { execute, finishMotor } from './execute.ts';
import { emptyStage } from './keyset.ts';
import { NOTHING_ACCEPTED } from './order.ts';
import { follows, receivePacket } from './receive.ts';
import type { Milliseconds, Output, PadlockEvent, Running, SavedState, Session } from './state.ts';
import { activeKeys } from './store.ts';
import { Turn } from './turn.ts';

/** Wrong keys without an accepted command between them, after which the lock ends the link. */
const WRONG_KEYS = 5;

/**
 * A lock at rest, asleep, as saved.
 * @throws VirtualError `damaged`
 */
export function wakeUp(saved: SavedState): Running {
	const keys = activeKeys(saved.flash);
	const asleep = { awakeUntil: null, paidUntil: 0, glow: null, session: null, motor: null };
	return { ...saved, keys, ...asleep };
}

/** When the next tick is due, or null while nothing is going on. */
export function nextWake({ awakeUntil, motor, glow }: Running): Milliseconds | null {
	const due = [awakeUntil, motor?.until, glow?.until].filter((at) => typeof at === 'number');
	return due.length > 0 ? Math.min(...due) : null;
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
	const turn = new Turn(lock, now);
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

function settle(turn: Turn): void {
	const { motor, glow, awakeUntil } = turn.state;
	if (motor && motor.until <= turn.now) finishMotor(turn, motor);
	else if (glow && glow.until <= turn.now) turn.set({ glow: null });
	else if (awakeUntil !== null && awakeUntil <= turn.now) turn.sleep({ timedOut: true });
}

function handle(turn: Turn, event: PadlockEvent): void {
	switch (event.kind) {
		case 'press':
			return press(turn);
		case 'connect':
			return connect(turn, event.entropy);
		case 'subscribe':
			return turn.setSession({ subscribed: event.on });
		case 'write':
			return write(turn, event.bytes);
		case 'disconnect':
			if (!turn.state.session) return;
			turn.unlink();
			return turn.stayAwake();
		case 'close':
			return close(turn);
		case 'strain':
			return turn.save({ body: { ...turn.state.body, strained: event.on } });
		case 'power-cut':
			return powerCut(turn, event.millivolts);
		case 'tick':
			return;
	}
}

function press(turn: Turn): void {
	const { awakeUntil, flash } = turn.state;
	turn.stayAwake();
	const newest = flash.log.records.at(-1)?.action;
	// One record for any number of touches: a child at the button must not empty the ring.
	if (awakeUntil === null && newest !== RECORD_ACTION.buttonTouched)
		turn.record(RECORD_ACTION.buttonTouched);
}

function connect(turn: Turn, entropy: Uint8Array): void {
	if (entropy.length !== 16) throw new VirtualError('bad-length', 'entropy is 16 bytes');
	const { awakeUntil, session, body, keys } = turn.state;
	if (awakeUntil === null) turn.outputs.push({ refused: 'asleep' });
	else if (session) turn.outputs.push({ refused: 'taken' });
	if (awakeUntil === null || session) return;
	turn.stayAwake();
	const battery = littleEndian(Math.round(body.millivolts), 2);
	turn.set({
		session: {
			state: concat(new Uint8Array(2), battery, entropy),
			subscribed: false,
			ordinal: 0,
			order: NOTHING_ACCEPTED,
			wrongKeys: 0,
			refused: null,
			assembly: null,
			stage: emptyStage(keys),
			firstOpening: false
		}
	});
}

function write(turn: Turn, packet: Uint8Array): void {
	const { session, motor, keys } = turn.state;
	if (!session?.subscribed) return;
	turn.stayAwake();
	if (packet.length !== PACKET_LENGTH) {
		turn.setSession({ assembly: null });
		return turn.result('invalid-data', 0);
	}
	const id = packet[2]!;
	if (motor) return turn.result('invalid-command', id);
	const received = receivePacket(packet, session.assembly, keys, session.state);
	const assembly = received.kind === 'part' ? received.assembly : null;
	turn.setSession({ assembly, refused: null });
	if (received.kind === 'command') return execute(turn, session, received.signed);
	if (received.kind === 'part') return turn.result('success', id);
	if (received.result === 'invalid-key') return wrongKey(turn, session, packet);
	turn.result(received.result, id);
}

/** The parts after a refused one are refused as well, but the key was wrong once. */
function wrongKey(turn: Turn, { refused, wrongKeys }: Session, packet: Uint8Array): void {
	const counted = wrongKeys + (refused && follows(refused, packet) ? 0 : 1);
	turn.setSession({ wrongKeys: counted, refused: Uint8Array.from(packet) });
	if (counted >= WRONG_KEYS) turn.record(RECORD_ACTION.alarmTriggered);
	turn.result('invalid-key', packet[2]!);
	if (counted >= WRONG_KEYS) turn.sleep({ timedOut: false });
}

function close(turn: Turn): void {
	const { body, motor, awakeUntil } = turn.state;
	if (body.shackle === 'closed' || motor) return;
	turn.set({ body: { ...body, shackle: 'closed' } });
	turn.record(RECORD_ACTION.locked);
	if (awakeUntil !== null) turn.sleep({ timedOut: false });
}

function powerCut(turn: Turn, millivolts = turn.state.body.millivolts): void {
	const { identity, flash, body, session } = turn.state;
	if (session) turn.outputs.push({ disconnect: true });
	turn.state = wakeUp({ identity, flash, body: { ...body, millivolts }, clock: null });
	turn.record(RECORD_ACTION.startUp);
}
