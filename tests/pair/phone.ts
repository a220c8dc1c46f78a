import type { UploadBatch } from '../../src/lib/api/app/activity.ts';
import { toHex, type Bytes } from '../../src/lib/protocol/bytes.ts';
import { converse, type LockOutcome } from '../../src/lib/protocol/noke/programs.ts';
import type { Chance } from './chance.ts';
import type { RadioFault, Stand } from './stand.ts';

/** The weather of one conversation: what goes wrong at which packet. */
export interface Weather {
	/** Asked before every packet. */
	radio(): RadioFault | null;
	/** Asked at every step: the phone is killed now. */
	killed(): boolean;
}

export const FAIR: Weather = { radio: () => null, killed: () => false };

/** A phone: the production conversation, and an outbox that survives what a disk survives. */
export class Phone {
	outbox: UploadBatch[] = [];
	/** Ids of batches that were sent once: their bodies must not change any more. */
	readonly #sent = new Set<string>();
	readonly #mac: string;
	readonly #chance: Chance;

	constructor(mac: string, chance: Chance) {
		this.#mac = mac;
		this.#chance = chance;
	}

	/** One conversation; null when the phone was killed in it. */
	talk(
		stand: Stand,
		session: string,
		{ packets, opensAt }: { packets: readonly Bytes[]; opensAt: number | null },
		weather: Weather
	): LockOutcome | null {
		const program = converse(packets, opensAt);
		let turn = program.next();
		while (!turn.done) {
			if (weather.killed()) return null;
			const step = turn.value;
			if ('tell' in step) {
				const { tell } = step;
				if (tell.kind === 'server-packet') this.keep(session, tell.packet, stand.now);
				// Somebody pulls the shackle, uses what was locked, and closes it again, or forgets.
				if (tell.kind === 'finished' && this.#chance.in(0.7)) stand.close();
			}
			if ('send' in step) stand.write(step.send, weather.radio());
			turn = program.next('receive' in step ? stand.receive(step.receive) : undefined);
		}
		return turn.value;
	}

	/** Batches to send now; from here on they keep their bodies. */
	send(all = false): UploadBatch[] {
		const some = this.outbox.filter(() => all || this.#chance.in(0.7));
		for (const { id } of some) this.#sent.add(id);
		return this.#chance.shuffled(some);
	}

	forget(durable: readonly string[]): void {
		this.outbox = this.outbox.filter(({ id }) => !durable.includes(id));
	}

	/** What a lock or a fob said goes to the outbox. */
	keep(session: string, packet: Bytes, receivedAt: number, mac = this.#mac): void {
		const open = this.outbox.find(
			(batch) => batch.session === session && !this.#sent.has(batch.id)
		);
		if (open) return void open.packets.push(toHex(packet));
		const id = toHex(this.#chance.bytes(8));
		this.outbox.push({ id, mac, session, receivedAt, packets: [toHex(packet)] });
	}
}
