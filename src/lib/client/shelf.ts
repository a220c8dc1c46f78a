import {
	isOf,
	type Load,
	type Outbox,
	type OutboxBatch,
	type OutboxClaim,
	type Portion,
	type Sender
} from '../vault/outbox.ts';
import { VaultError, type VaultErrorCode } from '../vault/store.ts';

type Disk = Pick<Outbox, 'append' | 'claim' | 'withdraw' | 'take' | 'settle' | 'unsent'>;

/** The outbox, and memory for what the disk does not take: better there than nowhere. */
export class Shelf {
	readonly #disk: Disk;
	readonly #tell: (trouble: VaultErrorCode | null) => void;
	readonly #batches = new Map<string, OutboxBatch>();
	readonly #claims = new Map<string, OutboxClaim>();
	/** Sent from a disk too full to note it there: they may not grow. */
	readonly #sent = new Set<string>();

	/** @param tell hears why the disk does not take anything; null when it does */
	constructor(disk: Disk, tell: (trouble: VaultErrorCode | null) => void) {
		this.#disk = disk;
		this.#tell = tell;
	}

	/** See Outbox; never rejects. */
	async append(batch: Omit<OutboxBatch, 'sealed'>, begun: boolean): Promise<boolean> {
		if (this.#sent.has(batch.id)) return false;
		try {
			const taken = await this.#disk.append(batch, begun);
			this.#tell(null);
			return taken;
		} catch (cause) {
			this.#note(cause);
			const id = crypto.randomUUID();
			this.#batches.set(id, { ...batch, id, sealed: true });
			return true;
		}
	}

	/** See Outbox; never rejects. */
	async claim(claim: OutboxClaim): Promise<void> {
		try {
			await this.#disk.claim(claim);
			this.#tell(null);
		} catch (cause) {
			this.#note(cause);
			this.#claims.set(claim.id, claim);
		}
	}

	/** See Outbox; never rejects: a claim of nothing is a claim that no opening fits. */
	async withdraw(id: string): Promise<void> {
		this.#claims.delete(id);
		await this.#disk.withdraw(id).catch((cause: unknown) => this.#note(cause));
	}

	/** The oldest on the disk, or what memory holds when the disk has no more. Never rejects. */
	async take(sender: Sender, most: Portion): Promise<Load> {
		await this.#putAway();
		const stored = await this.#fromDisk(sender, most);
		if (stored.batches.length + stored.claims.length > 0) return stored;
		const { batches, claims } = this.#loose(sender);
		return { batches: batches.slice(0, 1), claims: claims.slice(0, most.claims) };
	}

	/** See Outbox. @throws VaultError */
	async settle(
		durable: readonly string[],
		refused: readonly { id: string; code: string }[]
	): Promise<void> {
		for (const id of [...durable, ...refused.map((one) => one.id)]) {
			this.#batches.delete(id);
			this.#claims.delete(id);
		}
		await this.#disk.settle(durable, refused);
	}

	/** All that this sender sends and the server does not have. Never rejects. */
	async unsent(sender: Sender): Promise<Load> {
		const loose = this.#loose(sender);
		const stored = await this.#disk.unsent(sender).catch(() => ({ batches: [], claims: [] }));
		return {
			batches: [...stored.batches, ...loose.batches],
			claims: [...stored.claims, ...loose.claims]
		};
	}

	/** Takes to the disk what it did not take before. */
	async #putAway(): Promise<void> {
		try {
			for (const [id, batch] of this.#batches) {
				await this.#disk.append(batch, false);
				this.#batches.delete(id);
				this.#tell(null);
			}
			for (const [id, claim] of this.#claims) {
				await this.#disk.claim(claim);
				this.#claims.delete(id);
				this.#tell(null);
			}
		} catch (cause) {
			this.#note(cause);
		}
	}

	async #fromDisk(sender: Sender, most: Portion): Promise<Load> {
		try {
			return await this.#disk.take(sender, most);
		} catch (cause) {
			this.#note(cause);
			if (!(cause instanceof VaultError) || cause.code !== 'full')
				return { batches: [], claims: [] };
		}
		// Only what is sent makes room: so it is sent although the disk cannot note it.
		const stored = await this.#disk
			.take(sender, most, 'unsealed')
			.catch(() => ({ batches: [], claims: [] }));
		for (const { id, sealed } of stored.batches) if (!sealed) this.#sent.add(id);
		return stored;
	}

	#loose(sender: Sender): Load {
		return {
			batches: [...this.#batches.values()].filter((one) => isOf(sender, one)),
			claims: [...this.#claims.values()].filter((one) => isOf(sender, one))
		};
	}

	#note(cause: unknown): void {
		this.#tell(cause instanceof VaultError ? cause.code : 'unavailable');
	}
}
