import { toHex } from '../protocol/bytes.ts';
import type { OutboxBatch } from '../vault/outbox.ts';

/** A lock sends some ten packets a command; a device that floods is not given the whole disk. */
const MOST_PACKETS = 2_000;

/**
 * Milliseconds in which packets that come one after another are written as one: each write waits for the
 * disk. A page that dies meanwhile loses them like those still in the air: the server sees the gap in the
 * lock's counter, and has the records sent again.
 */
const TOGETHER = 20;

/** Adds to a batch, new or begun; false when it was sent already, so that it may not grow. */
export type Keep = (batch: Omit<OutboxBatch, 'sealed'>, begun: boolean) => Promise<boolean>;

/** Where the packets of one session go. */
export class Kept {
	readonly #head: { mac: string; session: string; company: string | null };
	readonly #keep: Keep;
	readonly #now: () => number;
	readonly #waiting: string[] = [];
	#id = crypto.randomUUID() as string;
	#receivedAt = 0;
	#begun = false;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#last: Promise<void> = Promise.resolve();
	/** Packets so far. */
	count = 0;

	/** @param now the server's clock, as well as this phone knows it */
	constructor(
		head: { mac: string; session: string; company: string | null },
		keep: Keep,
		now: () => number
	) {
		this.#head = head;
		this.#keep = keep;
		this.#now = now;
	}

	/** A packet of the lock. It is on the disk a moment later; see `stored`. */
	add(packet: Uint8Array): void {
		if (this.count >= MOST_PACKETS) return;
		this.count++;
		this.#receivedAt ||= this.#now();
		this.#waiting.push(toHex(packet));
		// Whoever waits for it hears of its failure.
		this.#timer ??= setTimeout(() => void this.stored().catch(() => undefined), TOGETHER);
	}

	/** Settles once all packets so far are on the disk. @throws VaultError */
	stored(): Promise<void> {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#last = this.#last.then(() => this.#write());
		return this.#last;
	}

	async #write(): Promise<void> {
		const packets = this.#waiting.splice(0);
		if (packets.length === 0) return;
		const batch = () => ({ ...this.#head, id: this.#id, receivedAt: this.#receivedAt, packets });
		const begun = this.#begun;
		this.#begun = true;
		if (await this.#keep(batch(), begun)) return;
		// A batch of its own, sorted after the one before.
		this.#id = crypto.randomUUID();
		this.#receivedAt = Math.max(this.#now(), this.#receivedAt + 1);
		await this.#keep(batch(), false);
	}
}
