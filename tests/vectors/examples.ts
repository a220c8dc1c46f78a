/** The lock of all examples in scheme.json, and the shapes of them. */
import {
	ackBody,
	firstBlock,
	hex,
	K,
	packets,
	quickClickBody,
	recordBody,
	server,
	un,
	unlock,
	type Command,
	type Under,
	type Ack,
	type LogRecord,
	type QuickClickLeft
} from './reference.ts';

export const base = un('000102030405060708090a0b0c0d0e0f');
export const root = un('6b1f0d5a3c7e92b84410f7c6d2a9e35b8873c1de40956a2f1bb4e80c7d36a951');
export const session = un('0000040ba7b0d91f7f45ad25698a18375c7e4f16');
export const secondSession = un('0000b80bfffe8001a0c3d2e1f0112233445566ff');
export const T = 1_790_000_000;
export const FOR_EVER = 0xffffffff;
export const GENERATION = 1;
export const master = (epoch: number): Buffer => (epoch === 0 ? base : K(root, GENERATION, epoch, 0));
export const underMaster = (epoch: number): Under => ({
	type: epoch === 0 ? 0 : 2,
	slot: 0,
	key: master(epoch),
	epoch
});

export function commandExample(
	name: string,
	c: Command,
	epoch: number,
	id: number,
	time: number,
	s = session
) {
	const under = underMaster(epoch);
	return {
		name,
		input: {
			masterKey: hex(under.key),
			epoch,
			session: hex(s),
			id,
			time,
			opcode: c.opcode,
			argument: c.argument,
			data: hex(c.data)
		},
		expect: {
			firstBlock: hex(firstBlock(c, under, id, time)),
			authenticator: hex(firstBlock(c, under, id, time).subarray(6, 14)),
			packets: packets(c, under, id, time, s).map(hex)
		}
	};
}

export function grantExample(slot: number, epoch: number, s: Buffer, at: number) {
	const key = K(root, GENERATION, epoch, slot);
	const under: Under = { type: 4, slot, key, epoch: 0 };
	const [header, block] = [Buffer.from([4, slot, 0, 0]), firstBlock(unlock(slot), under, 0, 0)];
	return {
		input: { key: hex(key), slot, session: hex(s), at },
		expect: {
			unlockCommand: hex(Buffer.concat([header, block])),
			packet: hex(packets(unlock(slot), under, 0, at, s)[0]!),
			scheduledPacket: hex(packets(unlock(slot), under, 0, 0, s)[0]!)
		}
	};
}

export function serverExample(
	name: string,
	type: number,
	epoch: number,
	id: number,
	ordinal: number,
	said: { ack: Ack } | { record: LogRecord } | { quickClick: QuickClickLeft }
) {
	const body =
		'ack' in said
			? ackBody(said.ack)
			: 'record' in said
				? recordBody(said.record)
				: quickClickBody(said.quickClick);
	const by = { key: master(epoch), epoch, session };
	const packet = server(by, type, id, ordinal, body);
	return {
		name,
		input: { masterKey: hex(by.key), epoch, session: hex(session), type, id, ordinal, ...said },
		expect: { body: hex(body), packet: hex(packet) }
	};
}
