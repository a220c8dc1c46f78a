import type { Vault } from './store.ts';

/** What a lock said in one session: the body of an upload, and what the phone adds for itself. */
export interface OutboxBatch {
	/** Made before the first packet is stored; what was sent once under an id never changes. */
	id: string;
	/** The company whose lock it was; null when it was not known. Another company never sees it. */
	company: string | null;
	mac: string;
	/** 40 hex characters. */
	session: string;
	/** Milliseconds since 1970 at the first packet. */
	receivedAt: number;
	/** Each 40 hex characters, in the order received. */
	packets: string[];
	/** True from before the first send on: packets that come later go into another batch. */
	sealed: boolean;
}

/** A batch that the server refused for good. Kept, so that nothing is lost in silence. */
export interface RefusedBatch extends OutboxBatch {
	code: string;
	refusedAt: number;
}

/** The most that is taken for one request. */
export interface Portion {
	batches: number;
	packets: number;
}

/** Packets on their way to the server. Every change is on the disk when its promise settles. */
export class Outbox {
	readonly #vault: Vault;

	constructor(vault: Vault) {
		this.#vault = vault;
	}

	/**
	 * Adds packets to the batch of this id, which is made if there is none.
	 * @returns false, and nothing is stored, when the batch is sealed
	 * @throws VaultError
	 */
	append(batch: Omit<OutboxBatch, 'sealed'>): Promise<boolean> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction('outbox', 'readwrite', { durability: 'strict' });
			const before = await tx.store.get(batch.id);
			if (before?.sealed) return false;
			const packets = [...(before?.packets ?? []), ...batch.packets];
			await tx.store.put({ ...batch, ...before, packets, sealed: false });
			await tx.done;
			return true;
		});
	}

	/**
	 * The oldest batches of a company, sealed before they are returned.
	 * @throws VaultError
	 */
	take(company: string, most: Portion): Promise<OutboxBatch[]> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction('outbox', 'readwrite', { durability: 'strict' });
			const taken: OutboxBatch[] = [];
			let packets = 0;
			for (const batch of await ofCompany(tx.store.getAll(), company)) {
				packets += batch.packets.length;
				// One alone is always taken, however large.
				if (taken.length > 0 && (taken.length >= most.batches || packets > most.packets)) break;
				const sealed = { ...batch, sealed: true };
				if (!batch.sealed) await tx.store.put(sealed);
				taken.push(sealed);
			}
			await tx.done;
			return taken;
		});
	}

	/**
	 * Lets go of what is on the server's disk, and sets aside what it will never take.
	 * @throws VaultError
	 */
	settle(durable: readonly string[], refused: readonly { id: string; code: string }[]) {
		return this.#vault.use(async (db) => {
			const tx = db.transaction(['outbox', 'refused'], 'readwrite', { durability: 'strict' });
			const outbox = tx.objectStore('outbox');
			for (const { id, code } of refused) {
				const batch = await outbox.get(id);
				if (!batch) continue;
				await tx.objectStore('refused').put({ ...batch, code, refusedAt: Date.now() });
				await outbox.delete(id);
			}
			for (const id of durable) await outbox.delete(id);
			await tx.done;
		});
	}

	/** What a company's locks said and the server does not have yet, the oldest first. @throws VaultError */
	unsent(company: string): Promise<OutboxBatch[]> {
		return this.#vault.use((db) => ofCompany(db.getAll('outbox'), company));
	}

	/** What was set aside. @throws VaultError */
	refused(): Promise<RefusedBatch[]> {
		return this.#vault.use((db) => db.getAll('refused'));
	}
}

async function ofCompany(all: Promise<OutboxBatch[]>, company: string): Promise<OutboxBatch[]> {
	return (await all)
		.filter((batch) => batch.company === null || batch.company === company)
		.sort((a, b) => a.receivedAt - b.receivedAt);
}
