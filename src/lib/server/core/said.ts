import { fromHex } from '../../protocol/bytes.ts';
import {
	openServerPacket,
	parseAcknowledgement,
	TYPE,
	type Acknowledgement,
	type ServerPacket
} from '../../protocol/noke/answers.ts';
import { OPCODE } from '../../protocol/noke/commands.ts';
import { parseRecord, type LogRecord } from '../../protocol/noke/records.ts';
import type { IssuedTable } from '../db/tables.ts';
import type { Keys } from './keys.ts';

/** Packets of one lock in one session, as a phone kept them. */
export interface Delivery {
	/** 40 hex characters, lower case. */
	session: string;
	/** Milliseconds since 1970, by the phone's clock. */
	receivedAt: number;
	/** 40 hex characters each, lower case. */
	packets: readonly string[];
}

/** Commands that were issued for a session, as far as an answer needs them. */
export type IssuedRow = Pick<
	IssuedTable,
	| 'id'
	| 'session'
	| 'first_id'
	| 'last_id'
	| 'reference'
	| 'action'
	| 'tracking_key'
	| 'at'
	| 'recovery'
	| 'heard'
>;

/** One packet that a key of the lock opened. */
export interface Said {
	session: string;
	/** Epoch of the key: what the lock holds. */
	epoch: number;
	/** When it was said, as near as is known: never later than now. */
	at: number;
	/** The commands it answers; null when they were not made here, as after an offline opening. */
	issued: IssuedRow | null;
	packet: ServerPacket;
	acknowledgement: Acknowledgement | null;
	record: LogRecord | null;
}

/** A session is over so long after its commands were issued. */
const SESSION_LIFE = 2 * 60_000;

/**
 * Reads the packets of one session: what the lock said, and what no key opened. A phone's clock
 * counts only between the moment of issue and the end of a session.
 * @param epochs tried in this order, the one that fitted last first
 */
export function listen(
	delivery: Delivery,
	{
		keys,
		epochs,
		issued,
		now
	}: {
		keys: Keys;
		epochs: readonly number[];
		/** Of this session. */
		issued: readonly IssuedRow[];
		now: number;
	}
): { said: Said[]; unknown: string[] } {
	const session = fromHex(delivery.session);
	const said: Said[] = [];
	const unknown: string[] = [];
	let order = epochs;
	for (const hex of delivery.packets) {
		const bytes = fromHex(hex);
		let packet: ServerPacket | null = null;
		for (const epoch of order) {
			packet = openServerPacket(keys.master(epoch), session, bytes);
			if (packet === null) continue;
			if (order[0] !== epoch) order = [epoch, ...epochs.filter((other) => other !== epoch)];
			break;
		}
		if (packet === null) {
			unknown.push(hex);
			continue;
		}
		const { id, type, body } = packet;
		const answered = issued.find((row) => row.first_id <= id && id <= row.last_id) ?? null;
		said.push({
			session: delivery.session,
			epoch: order[0]!,
			at: timeOf(delivery.receivedAt, answered ?? issued[0] ?? null, now),
			issued: answered,
			packet,
			acknowledgement:
				type === TYPE.key || type === TYPE.unlock ? parseAcknowledgement(body) : null,
			record: type === TYPE.log ? parseRecord(body) : null
		});
	}
	return { said, unknown };
}

function timeOf(receivedAt: number, issued: IssuedRow | null, now: number): number {
	if (issued === null) return Math.min(receivedAt, now);
	return Math.min(Math.max(receivedAt, issued.at), issued.at + SESSION_LIFE, now);
}

/**
 * The oldest record the lock still has after what it was asked from, if this is the answer to a
 * "get logs" of ours: what is missing before it is gone.
 */
export function oldestKept(said: readonly Said[]): number | null {
	let oldest: number | null = null;
	for (const { acknowledgement, packet, session, issued } of said) {
		if (acknowledgement?.opcode !== OPCODE.getLogs || issued === null) continue;
		const first = said.find(
			(next) =>
				next.session === session &&
				next.record !== null &&
				next.packet.ordinal === ((packet.ordinal + 1) & 0xff)
		);
		if (first?.record) oldest = Math.max(oldest ?? 0, first.record.counter);
	}
	return oldest;
}
