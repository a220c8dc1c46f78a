import { fromHex, toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import {
	openServerPacket,
	parseAcknowledgement,
	parseAnswer,
	type Acknowledgement,
	type Answer
} from '../../src/lib/protocol/noke/answers.ts';
import {
	digestOfWrites,
	masterCommand,
	type Command,
	type MasterKey
} from '../../src/lib/protocol/noke/commands.ts';
import { deriveKey, mintOfflineGrant } from '../../src/lib/protocol/noke/grant.ts';
import { parseRecord, type LogRecord } from '../../src/lib/protocol/noke/records.ts';
import { FOR_EVER, setKey, setUp } from '../../src/lib/protocol/noke/writes.ts';
import { offlineUnlockPacket } from '../../src/lib/protocol/noke/offline.ts';
import { factoryState, VirtualPadlock } from '../../src/lib/virtual/noke/padlock.ts';
import type { Output, PadlockEvent, SavedState } from '../../src/lib/virtual/noke/state.ts';

const BASE = '000102030405060708090a0b0c0d0e0f';
const ROOT = new Uint8Array(32).fill(0x42);

/** Unix seconds of the server in these tests. */
export const NOW = 1_790_000_000;

/** The master key of an epoch of the bench's lock. */
export function master(epoch: number): MasterKey {
	return { key: epoch === 0 ? fromHex(BASE) : deriveKey(ROOT, 1, epoch, 0), epoch };
}

/** The key of a slot, the same at all epochs here. */
export function slotKey(slot: number): Bytes {
	return deriveKey(ROOT, 1, 1, slot);
}

/** What the lock said about one packet. */
export interface Said {
	results: Extract<Answer, { kind: 'result' }>[];
	shutdown: Extract<Answer, { kind: 'shutdown' }> | null;
	acks: (Acknowledgement & { type: number; ordinal: number })[];
	records: LogRecord[];
	/** Server packets that no key of the bench opened. */
	foreign: number;
	disconnected: boolean;
	outputs: readonly Output[];
}

/** A lock on a table, a hand and a phone that knows every key. Time stands still unless told to go. */
export class Bench {
	lock: VirtualPadlock;
	now = 1_000_000;
	/** The last durable state. */
	saved: SavedState;
	session: Bytes = new Uint8Array(20);
	#sessions = 0;
	#id = 0;

	constructor(hardwareType = '4I') {
		const identity = { mac: 'F1:E2:D3:C4:B5:A6', hardwareType, firmware: '4.25' };
		this.saved = factoryState({ ...identity, baseKey: BASE });
		this.lock = new VirtualPadlock(this.saved);
	}

	event(event: PadlockEvent, after = 0): Said {
		this.now += after;
		return this.#read(this.lock.receive(event, this.now));
	}

	/** Presses, connects and subscribes. */
	connect(subscribe = true): this {
		if (this.lock.hello) this.event({ kind: 'disconnect' });
		this.event({ kind: 'press' });
		this.#sessions++;
		this.#id = 0;
		const entropy = new Uint8Array(16).map((_, i) => (this.#sessions * 31 + i * 7) & 0xff);
		this.event({ kind: 'connect', entropy });
		this.session = this.lock.hello!;
		if (subscribe) this.event({ kind: 'subscribe', on: true });
		return this;
	}

	/** Writes one packet and lets the motor run out. */
	write(bytes: Uint8Array): Said {
		const said = this.event({ kind: 'write', bytes });
		return this.lock.view().turning ? join(said, this.runMotor()) : said;
	}

	/** Lets time pass to the end of the motor run. */
	runMotor(): Said {
		return this.event({ kind: 'tick' }, this.lock.nextWake! - this.now);
	}

	/** The packets of a command under the master key of an epoch, with the next free id. */
	packets(command: Command, epoch: number, time = NOW, id = ++this.#id): Bytes[] {
		return masterCommand(master(epoch), command, { id, time, session: this.session });
	}

	/** Sends a whole command under the master key of an epoch. */
	send(command: Command, epoch: number, time = NOW): Said {
		return this.sendAll(this.packets(command, epoch, time));
	}

	sendAll(packets: readonly Bytes[]): Said {
		return packets.map((packet) => this.write(packet)).reduce(join);
	}

	/** Writes these and commits them, from one epoch to the next. */
	commit(writes: readonly Command[], from: number, to = from + 1): Said {
		for (const write of writes) this.send(write, from);
		const digest = digestOfWrites(master(from).key, writes);
		const { key, epoch } = master(to);
		return this.send(setUp(writes.length, { masterKey: key, epoch, digest }), from);
	}

	/** Takes the power away; the lock comes back from what was durable. */
	cutPower(saved = this.saved): Said {
		this.lock = new VirtualPadlock(saved);
		return this.event({ kind: 'power-cut' });
	}

	#read(outputs: readonly Output[]): Said {
		const said: Said = { ...nothing(), outputs };
		for (const output of outputs) {
			if ('save' in output) this.saved = output.save;
			if ('disconnect' in output) said.disconnected = true;
			if ('notify' in output) this.#hear(said, output.notify);
		}
		return said;
	}

	#hear(said: Said, packet: Bytes): void {
		const answer = parseAnswer(packet);
		if (answer.kind === 'result') said.results.push(answer);
		if (answer.kind === 'shutdown') said.shutdown = answer;
		if (answer.kind !== 'server') return;
		for (let epoch = 0; epoch < 10; epoch++) {
			const opened = openServerPacket(master(epoch), this.session, packet);
			if (!opened) continue;
			const { type, ordinal, body } = opened;
			if (type === 0x76) said.records.push(parseRecord(body));
			else said.acks.push({ ...parseAcknowledgement(body), type, ordinal });
			return;
		}
		said.foreign++;
	}
}

/** A lock at epoch 1 whose slot 5 is filled, with a fresh session. */
export function benchWithSlot5(window = { from: 0, until: FOR_EVER }, hardwareType = '4I'): Bench {
	const bench = new Bench(hardwareType).connect();
	bench.commit([setKey(5, { key: slotKey(5), ...window })], 0);
	return bench.connect();
}

/** The packet of an offline key for the bench's session. */
export function offline(bench: Bench, at = NOW, slot = 5, key = slotKey(5)): Bytes {
	const grant = mintOfflineGrant(key, slot);
	return offlineUnlockPacket({ ...grant, session: bench.session, at });
}

function nothing(): Said {
	return {
		results: [],
		shutdown: null,
		acks: [],
		records: [],
		foreign: 0,
		disconnected: false,
		outputs: []
	};
}

function join(a: Said, b: Said): Said {
	return {
		results: [...a.results, ...b.results],
		shutdown: b.shutdown ?? a.shutdown,
		acks: [...a.acks, ...b.acks],
		records: [...a.records, ...b.records],
		foreign: a.foreign + b.foreign,
		disconnected: a.disconnected || b.disconnected,
		outputs: [...a.outputs, ...b.outputs]
	};
}

/** Names of the results, in order. */
export function results(said: Said): string[] {
	return said.results.map(({ result }) => result);
}

/** The notifications among what a lock did, in hex. */
export function notified(outputs: readonly Output[]): string[] {
	return outputs.flatMap((output) => ('notify' in output ? [toHex(output.notify)] : []));
}
