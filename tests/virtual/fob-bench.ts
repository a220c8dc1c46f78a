import { fromHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import {
	openServerPacket,
	parseAcknowledgement,
	parseAnswer
} from '../../src/lib/protocol/noke/answers.ts';
import {
	digestOfWrites,
	masterCommand,
	type Command
} from '../../src/lib/protocol/noke/commands.ts';
import { addLock, clearLocks } from '../../src/lib/protocol/noke/fob.ts';
import { deriveKey } from '../../src/lib/protocol/noke/grant.ts';
import { setUpFob } from '../../src/lib/protocol/noke/writes.ts';
import { factoryFob, VirtualFob } from '../../src/lib/virtual/noke/fob.ts';
import type { FobEvent, FobOutput, SavedFob } from '../../src/lib/virtual/noke/fob-state.ts';
import { NOW, slotKey, type Said } from './bench.ts';

const BASE = '000102030405060708090a0b0c0d0e0f';
const ROOT = new Uint8Array(32).fill(0x24);

/** The lock of the bench. */
export const LOCK = 'F1:E2:D3:C4:B5:A6';

/** The master key of an epoch of the bench's fob. */
export function fobMaster(epoch: number) {
	return { key: epoch === 0 ? fromHex(BASE) : deriveKey(ROOT, 1, epoch, 0), epoch };
}

/** What opens the bench's lock with a slot. */
export function credential(position = 1, slot = 5, mac = LOCK): Command {
	return addLock(position, { key: slotKey(slot), mac, slot });
}

export type FobSaid = Pick<Said, 'results' | 'shutdown' | 'acks' | 'foreign' | 'disconnected'> & {
	outputs: readonly FobOutput[];
};

/** A fob in a hand, and a phone that knows its keys. Time stands still unless told to go. */
export class FobBench {
	fob: VirtualFob;
	now = 1_000_000;
	/** The last durable state. */
	saved: SavedFob;
	session: Bytes = new Uint8Array(20);
	#sessions = 0;
	#id = 0;

	constructor() {
		const identity = { mac: 'C0:FF:EE:00:00:01', hardwareType: '2F', firmware: '1.2' };
		this.saved = factoryFob({ ...identity, baseKey: BASE });
		this.fob = new VirtualFob(this.saved);
	}

	event(event: FobEvent, after = 0): FobSaid {
		this.now += after;
		const outputs = this.fob.receive(event, this.now);
		const said: FobSaid = {
			results: [],
			shutdown: null,
			acks: [],
			foreign: 0,
			disconnected: false,
			outputs
		};
		for (const output of outputs) {
			if ('save' in output) this.saved = output.save;
			if ('disconnect' in output) said.disconnected = true;
			if ('notify' in output) this.#hear(said, output.notify);
		}
		return said;
	}

	/** Squeezes, connects and subscribes. */
	connect(): this {
		if (this.fob.hello) this.event({ kind: 'disconnect' });
		this.event({ kind: 'squeeze' });
		this.#sessions++;
		this.#id = 0;
		const entropy = new Uint8Array(16).map((_, i) => (this.#sessions * 13 + i * 5) & 0xff);
		this.event({ kind: 'connect', entropy });
		this.session = this.fob.hello!;
		this.event({ kind: 'subscribe', on: true });
		return this;
	}

	packets(command: Command, epoch: number, id = ++this.#id): Bytes[] {
		return masterCommand(fobMaster(epoch), command, { id, time: NOW, session: this.session });
	}

	send(command: Command, epoch: number): FobSaid {
		return this.sendAll(this.packets(command, epoch));
	}

	sendAll(packets: readonly Bytes[]): FobSaid {
		const said = packets.map((bytes) => this.event({ kind: 'write', bytes }));
		return {
			results: said.flatMap((one) => one.results),
			shutdown: said.at(-1)!.shutdown,
			acks: said.flatMap((one) => one.acks),
			foreign: said.reduce((sum, one) => sum + one.foreign, 0),
			disconnected: said.some((one) => one.disconnected),
			outputs: said.flatMap((one) => one.outputs)
		};
	}

	/** The set-up of these writes, which are staged already. */
	setUp(writes: readonly Command[], from: number, to = from + 1): Command {
		const digest = digestOfWrites(fobMaster(from).key, writes);
		const { key, epoch } = fobMaster(to);
		return setUpFob(writes.length, { masterKey: key, epoch, digest });
	}

	/** Writes these and commits them. */
	commit(writes: readonly Command[], from: number): FobSaid {
		for (const write of writes) this.send(write, from);
		return this.send(this.setUp(writes, from), from);
	}

	/** What a server sends: everything cleared, and these. */
	sync(locks: readonly Command[], from = 0): FobSaid {
		return this.connect().commit([clearLocks(), ...locks], from);
	}

	/** Takes the power away; the fob comes back from what was durable. */
	cutPower(saved = this.saved): void {
		this.fob = new VirtualFob(saved);
		this.event({ kind: 'power-cut' });
	}

	#hear(said: FobSaid, packet: Bytes): void {
		const answer = parseAnswer(packet);
		if (answer.kind === 'result') said.results.push(answer);
		if (answer.kind === 'shutdown') said.shutdown = answer;
		if (answer.kind !== 'server') return;
		for (let epoch = 0; epoch < 10; epoch++) {
			const opened = openServerPacket(fobMaster(epoch), this.session, packet);
			if (!opened) continue;
			const { type, ordinal, body } = opened;
			said.acks.push({ ...parseAcknowledgement(body), type, ordinal });
			return;
		}
		said.foreign++;
	}
}

/** Names of the results, in order. */
export function fobResults({ results }: FobSaid): string[] {
	return results.map(({ result }) => result);
}
