import { toHex } from '../protocol/bytes.ts';
import type { OutboxBatch } from '../vault/outbox.ts';

/** A lock sends some ten packets a command; a device that floods is not given the whole disk. */
const MOST_PACKETS = 2_000;

/** Adds a batch to the outbox; false when one of its id was sent already, so that it may not grow. */
export type Keep = (batch: Omit<OutboxBatch, 'sealed'>) => Promise<boolean>;

/** Where the packets of one session go. */
export class Kept {
	readonly #head: { mac: string; session: string; company: string | null };
	readonly #keep: Keep;
	readonly #waiting: string[] = [];
	#id = crypto.randomUUID() as string;
	#receivedAt = 0;
	#last: Promise<void> = Promise.resolve();
	/** Packets so far. */
	count = 0;

	constructor(head: { mac: string; session: string; company: string | null }, keep: Keep) {
		this.#head = head;
		this.#keep = keep;
	}

	/** On the disk when it settles. Packets that come while the disk works are written together. */
	add(packet: Uint8Array): Promise<void> {
		if (this.count >= MOST_PACKETS) return this.#last;
		this.count++;
		this.#receivedAt ||= Date.now();
		this.#waiting.push(toHex(packet));
		this.#last = this.#last.then(() => this.#write());
		return this.#last;
	}

	async #write(): Promise<void> {
		const packets = this.#waiting.splice(0);
		if (packets.length === 0) return;
		const batch = () => ({ ...this.#head, id: this.#id, receivedAt: this.#receivedAt, packets });
		if (await this.#keep(batch())) return;
		// A batch of its own, sorted after the one before.
		this.#id = crypto.randomUUID();
		this.#receivedAt = Math.max(Date.now(), this.#receivedAt + 1);
		await this.#keep(batch());
	}
}
