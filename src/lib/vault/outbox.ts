import type { IDBPIndex } from 'idb';
import type { VaultSchema } from './schema.ts';
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
	/** Milliseconds since 1970 at the first packet, by the server's clock as well as the phone knew it. */
	receivedAt: number;
	/** Each 40 hex characters, in the order received. */
	packets: string[];
	/** True from before the first send on: packets that come later go into another batch. */
	sealed: boolean;
}

/** An opening by a key of this phone, noted before its packet is sent. */
export interface OutboxClaim {
	id: string;
	company: string | null;
	/** Who opened it: nobody else can claim it. Absent in those of a version that did not note it. */
	person?: string | undefined;
	mac: string;
	/** 40 hex characters. */
	session: string;
	slot: number;
	/** Milliseconds since 1970 by the server's clock, as well as the phone knew it. */
	at: number;
}

/** As they lie in the store: an index finds no null, so an unknown company is empty. */
export type StoredBatch = Omit<OutboxBatch, 'company'> & { company: string };
export type StoredClaim = Omit<OutboxClaim, 'company'> & { company: string };

/** What the server refused for good. Kept, so that nothing is lost in silence. */
export type Refused = (StoredBatch | StoredClaim) & { code: string; refusedAt: number };

/** What was set aside of one session: that is what a person calls an opening. */
export interface NotTaken {
	session: string;
	mac: string;
	/** When it began, milliseconds since 1970. */
	at: number;
	/** Of the first refusal. */
	code: string;
	/** Of its batches and claims. */
	ids: readonly string[];
}

/** Who sends: what a lock said goes with anybody of its company, a claim only with its person. */
export interface Sender {
	company: string;
	person: string;
}

/** The most that is taken for one request. */
export interface Portion {
	batches: number;
	packets: number;
	claims: number;
}

/** What goes into one request. */
export interface Load {
	batches: OutboxBatch[];
	claims: OutboxClaim[];
}

/** Packets and claims on their way to the server. Every change is on the disk when its promise settles. */
export class Outbox {
	readonly #vault: Vault;

	constructor(vault: Vault) {
		this.#vault = vault;
	}

	/**
	 * Adds packets to the batch of this id.
	 * @param begun whether some of its packets were stored before; otherwise it is made
	 * @returns false, and nothing is stored, when the batch is sealed, or has left already
	 * @throws VaultError
	 */
	append(batch: Omit<OutboxBatch, 'sealed'>, begun: boolean): Promise<boolean> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction('outbox', 'readwrite', { durability: 'strict' });
			const before = begun ? await tx.store.get(batch.id) : undefined;
			// One that is gone is on the server: its id with other packets would be refused.
			if (begun && (before?.sealed ?? true)) return false;
			const packets = [...(before?.packets ?? []), ...batch.packets];
			const after = { ...batch, ...before, packets, sealed: false };
			await Promise.all([tx.store.put(stored(after)), tx.done]);
			return true;
		});
	}

	/** Notes an opening that is about to be tried. @throws VaultError */
	async claim(claim: OutboxClaim): Promise<void> {
		await this.#vault.use(async (db) => {
			const tx = db.transaction('claims', 'readwrite', { durability: 'strict' });
			await Promise.all([tx.store.put(stored(claim)), tx.done]);
		});
	}

	/** It did not open. @throws VaultError */
	async withdraw(id: string): Promise<void> {
		await this.#vault.use((db) => db.delete('claims', id));
	}

	/**
	 * The oldest that this sender sends; batches are sealed before they are returned, unless no room is left for
	 * it. Claims come with the last batches: of those that no opening has come in for the server keeps few.
	 * @throws VaultError
	 */
	take(sender: Sender, most: Portion, how: 'sealed' | 'unsealed' = 'sealed'): Promise<Load> {
		return this.#vault.use(async (db) => {
			const names = ['outbox', 'claims'] as const;
			const tx =
				how === 'sealed'
					? db.transaction(names, 'readwrite', { durability: 'strict' })
					: db.transaction(names);
			const outbox = tx.objectStore('outbox');
			const batches: OutboxBatch[] = [];
			let packets = 0;
			const oldest = await ofCompany(outbox.index('by time'), sender.company, most.batches);
			for (const batch of oldest.sort((a, b) => a.receivedAt - b.receivedAt)) {
				packets += batch.packets.length;
				// One alone is always taken, however large.
				if (batches.length > 0 && (batches.length >= most.batches || packets > most.packets)) break;
				if (how === 'sealed' && !batch.sealed) {
					batch.sealed = true;
					await outbox.put?.(batch);
				}
				batches.push(known(batch));
			}
			const isLast = batches.length === oldest.length && oldest.length < most.batches;
			const index = tx.objectStore('claims').index('by time');
			const claims = isLast ? await ofPerson(index, sender, most.claims) : [];
			await tx.done;
			return { batches, claims: claims.map(known) };
		});
	}

	/**
	 * Lets go of what is on the server's disk, and sets aside what it will never take: batches and
	 * claims, by their ids.
	 * @throws VaultError
	 */
	settle(durable: readonly string[], refused: readonly { id: string; code: string }[]) {
		return this.#vault.use(async (db) => {
			const names = ['outbox', 'claims', 'refused'] as const;
			const tx = db.transaction(names, 'readwrite', { durability: 'strict' });
			const [outbox, claims] = [tx.objectStore('outbox'), tx.objectStore('claims')];
			for (const { id, code } of refused) {
				const one = (await outbox.get(id)) ?? (await claims.get(id));
				if (one) await tx.objectStore('refused').put({ ...one, code, refusedAt: Date.now() });
			}
			const gone = [...durable, ...refused.map(({ id }) => id)];
			await Promise.all([...gone.flatMap((id) => [outbox.delete(id), claims.delete(id)]), tx.done]);
		});
	}

	/** All that this sender sends and the server does not have yet, the oldest first. @throws VaultError */
	unsent(sender: Sender): Promise<Load> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction(['outbox', 'claims']);
			const batches = await ofCompany(tx.objectStore('outbox').index('by time'), sender.company);
			const claims = await ofPerson(tx.objectStore('claims').index('by time'), sender, Infinity);
			return {
				batches: batches.sort((a, b) => a.receivedAt - b.receivedAt).map(known),
				claims: claims.map(known)
			};
		});
	}

	/** What was set aside of this sender, the oldest first. @throws VaultError */
	async refused(sender: Sender): Promise<NotTaken[]> {
		const all = await this.#vault.use((db) => db.getAll('refused'));
		const bySession = new Map<string, NotTaken>();
		for (const one of all.filter((one) => isOf(sender, one))) {
			const { id, mac, session, code } = one;
			const at = 'packets' in one ? one.receivedAt : one.at;
			const before = bySession.get(session) ?? { session, mac, at, code, ids: [] };
			const ids = [...before.ids, id];
			bySession.set(session, { ...before, at: Math.min(at, before.at), ids });
		}
		return [...bySession.values()].sort((a, b) => a.at - b.at);
	}

	/** Puts back what was set aside of this sender, to be sent once more as it was. @throws VaultError */
	retry(sender: Sender, ids: readonly string[]): Promise<void> {
		return this.#vault.use(async (db) => {
			const names = ['outbox', 'claims', 'refused'] as const;
			const tx = db.transaction(names, 'readwrite', { durability: 'strict' });
			for (const id of ids) {
				const one = await tx.objectStore('refused').get(id);
				if (one === undefined || !isOf(sender, one)) continue;
				await tx.objectStore('refused').delete(id);
				const { code: _code, refusedAt: _refusedAt, ...sent } = one;
				if ('packets' in sent) await tx.objectStore('outbox').put(sent);
				else await tx.objectStore('claims').put(sent);
			}
			await tx.done;
		});
	}

	/** Deletes what was set aside of this sender. @throws VaultError */
	discard(sender: Sender, ids: readonly string[]): Promise<void> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction('refused', 'readwrite', { durability: 'strict' });
			for (const id of ids) {
				const one = await tx.store.get(id);
				if (one && isOf(sender, one)) await tx.store.delete(id);
			}
			await tx.done;
		});
	}

	/** Whether nothing at all waits, of whomever. @throws VaultError */
	isEmpty(): Promise<boolean> {
		return this.#vault.use(async (db) => {
			const tx = db.transaction(['outbox', 'claims']);
			const [batches, claims] = [tx.objectStore('outbox'), tx.objectStore('claims')];
			return (await batches.count()) + (await claims.count()) === 0;
		});
	}
}

/** Whether this sender sends it. */
export function isOf(
	{ company, person }: Sender,
	one: { company: string | null; person?: string | null | undefined }
): boolean {
	return (one.company || company) === company && (one.person ?? person) === person;
}

/** At most so many of each: those of the company, and those of a company that was not known. */
async function ofCompany<S extends 'outbox' | 'claims', M extends IDBTransactionMode>(
	index: IDBPIndex<VaultSchema, ('outbox' | 'claims' | 'refused')[], S, 'by time', M>,
	company: string,
	most?: number
): Promise<VaultSchema[S]['value'][]> {
	const found = [];
	for (const owner of new Set(['', company]))
		found.push(...(await index.getAll(IDBKeyRange.bound([owner], [owner, []]), most)));
	return found;
}

/** At most so many claims of this person. Those of others on this phone are few, and passed over. */
async function ofPerson<M extends IDBTransactionMode>(
	index: IDBPIndex<VaultSchema, ('outbox' | 'claims' | 'refused')[], 'claims', 'by time', M>,
	sender: Sender,
	most: number
): Promise<StoredClaim[]> {
	for (let read = most; ; read *= 2) {
		const found = await ofCompany(index, sender.company, read === Infinity ? undefined : read);
		const own = found.filter((claim) => isOf(sender, claim));
		if (own.length >= most || found.length < read) return own.slice(0, most);
	}
}

function stored<T extends { company: string | null }>(one: T): T & { company: string } {
	return { ...one, company: one.company ?? '' };
}

function known<T extends { company: string }>(one: T): T & { company: string | null } {
	return { ...one, company: one.company === '' ? null : one.company };
}
