/** What a phone does to a device, lock or fob, up to the whole commands it sends. */
import { concat, littleEndian } from '../../protocol/bytes.ts';
import { PACKET_LENGTH } from '../../protocol/noke/frame.ts';
import { VirtualError } from '../errors.ts';
import type { AirEvent, Session } from './air.ts';
import { EMPTY_STAGE } from './commit.ts';
import { accept, NOTHING_ACCEPTED } from './order.ts';
import { follows, receivePacket, type Ring, type Signed } from './receive.ts';
import type { Turn } from './turn.ts';

/** Wrong keys without an accepted command between them, after which a device ends the link. */
const WRONG_KEYS = 5;

/** What of a device matters to a phone's packets. */
export interface Listener {
	readonly keys: Ring;
	readonly millivolts: number;
	/** A motor turns: nothing is worked off before it has. */
	readonly busy: boolean;
}

/**
 * One event on the air. What is no whole command is answered here.
 * @returns the whole command that came and was accepted, to be executed
 * @throws VirtualError `bad-length` for entropy that is not 16 bytes
 */
export function listen<W, Saved, More>(
	turn: Turn<W, Saved, More>,
	event: AirEvent,
	device: Listener
): Signed | null {
	switch (event.kind) {
		case 'connect':
			connect(turn, event.entropy, device.millivolts);
			return null;
		case 'subscribe':
			turn.setSession({ subscribed: event.on });
			return null;
		case 'write':
			return write(turn, event.bytes, device);
		case 'disconnect':
			if (turn.air.session) {
				turn.unlink();
				turn.stayAwake();
			}
			return null;
	}
}

function connect<W, Saved, More>(
	turn: Turn<W, Saved, More>,
	entropy: Uint8Array,
	millivolts: number
): void {
	if (entropy.length !== 16) throw new VirtualError('bad-length', 'entropy is 16 bytes');
	const { awakeUntil, session } = turn.air;
	if (awakeUntil === null) turn.outputs.push({ refused: 'asleep' });
	else if (session) turn.outputs.push({ refused: 'taken' });
	if (awakeUntil === null || session) return;
	turn.stayAwake();
	const battery = littleEndian(Math.round(millivolts), 2);
	turn.set({
		session: {
			state: concat(new Uint8Array(2), battery, entropy),
			subscribed: false,
			ordinal: 0,
			order: NOTHING_ACCEPTED,
			wrongKeys: 0,
			refused: null,
			assembly: null,
			stage: EMPTY_STAGE,
			firstOpening: false
		}
	});
}

function write<W, Saved, More>(
	turn: Turn<W, Saved, More>,
	packet: Uint8Array,
	device: Listener
): Signed | null {
	const { session } = turn.air;
	if (!session?.subscribed) return null;
	turn.stayAwake();
	if (packet.length !== PACKET_LENGTH) {
		turn.setSession({ assembly: null });
		turn.result('invalid-data', 0);
		return null;
	}
	const id = packet[2]!;
	if (device.busy) {
		turn.result('invalid-command', id);
		return null;
	}
	const received = receivePacket(packet, session.assembly, device.keys, session.state);
	const assembly = received.kind === 'part' ? received.assembly : null;
	turn.setSession({ assembly, refused: null });
	if (received.kind === 'command') return accepted(turn, session, received.signed);
	if (received.kind === 'part') turn.result('success', id);
	else if (received.result === 'invalid-key') wrongKey(turn, session, packet);
	else turn.result(received.result, id);
	return null;
}

/** The command, unless it is a repetition: rule 5 of section 4. */
function accepted<W, Saved, More>(
	turn: Turn<W, Saved, More>,
	session: Session<W>,
	signed: Signed
): Signed | null {
	const { signer, id, time } = signed;
	const slot = signer.under === 'slot' ? signer.slot : null;
	const order = accept(session.order, { slot, id, time });
	if (!order) {
		turn.result('invalid-command', id);
		return null;
	}
	turn.setSession({ order });
	// Whoever has recorded the writes of a commit could else guess on between them, without an alarm.
	if (signer.under !== 'previous') turn.setSession({ wrongKeys: 0 });
	return signed;
}

/** The parts after a refused one are refused as well, but the key was wrong once. */
function wrongKey<W, Saved, More>(
	turn: Turn<W, Saved, More>,
	{ refused, wrongKeys }: Session<W>,
	packet: Uint8Array
): void {
	const counted = wrongKeys + (refused && follows(refused, packet) ? 0 : 1);
	turn.setSession({ wrongKeys: counted, refused: Uint8Array.from(packet) });
	if (counted >= WRONG_KEYS) turn.alarm();
	turn.result('invalid-key', packet[2]!);
	if (counted >= WRONG_KEYS) turn.sleep({ timedOut: false });
}
