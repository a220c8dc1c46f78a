import type { Bytes } from '../protocol/bytes.ts';
import { makeSealingKey, sealBytes, unsealBytes } from './sealing.ts';
import type { Vault } from './store.ts';

/**
 * How far a pairing is:
 *
 * - `begun`: the lock may have taken the keys.
 * - `owned`: it has, and the pairing was cut before its end.
 * - `paired`: only the server does not have them yet.
 */
export type PairingState = 'begun' | 'owned' | 'paired';

/** What may be known of a pairing that the server does not have. */
export interface PairingFacts {
	/** Id of the company whose lock it is to be: another never sees it. */
	company: string;
	/** As the lock advertises. */
	lock: string;
	/** Whose language it speaks. */
	vendor: string;
	/** What people are to call it. */
	name: string;
	state: PairingState;
	/** Milliseconds since 1970 of the last change. */
	at: number;
	/** Why the server does not take it, by its code; null while it was not refused. */
	refused: string | null;
}

/** Secret. */
export interface PairingSecret {
	/** What the conversation told to keep. */
	kept: string;
	/** What the server is given; null before the end of the pairing. */
	lockData: string | null;
}

/**
 * As it lies in the store. Its sealing key is its own, and not that of the offline keys: those are wiped
 * when somebody signs out, and who loses these has lost a lock.
 */
export interface StoredPairing extends PairingFacts {
	sealing: CryptoKey;
	iv: Bytes;
	sealed: Bytes;
}

/** A pairing as it was read; `iv` names this very record. */
export interface KeptPairing extends PairingFacts, PairingSecret {
	iv: Bytes;
}

const text = new TextEncoder();

/** The locks that this phone has paired, or begun to, and that the server does not have. */
export class Pairings {
	readonly #vault: Vault;

	constructor(vault: Vault) {
		this.#vault = vault;
	}

	/**
	 * Keeps a pairing in the place of what was kept of this lock before; on the disk when it settles.
	 * @returns the record, for `settle`
	 * @throws VaultError
	 */
	async keep(facts: PairingFacts, secret: PairingSecret): Promise<KeptPairing> {
		const sealing = await makeSealingKey();
		const plain = text.encode(JSON.stringify(secret));
		const { iv, sealed } = await sealBytes(sealing, bindingOf(facts), plain);
		plain.fill(0);
		await this.#vault.use(async (db) => {
			const tx = db.transaction('pairings', 'readwrite', { durability: 'strict' });
			await Promise.all([tx.store.put({ ...facts, sealing, iv, sealed }), tx.done]);
		});
		return { ...facts, ...secret, iv };
	}

	/** What is kept of a lock; null when it is nothing, or is not what was sealed. @throws VaultError */
	async recall(company: string, lock: string): Promise<KeptPairing | null> {
		const record = await this.#vault.use((db) => db.get('pairings', [company, lock]));
		if (!record) return null;
		const { sealing, iv, sealed, ...facts } = record;
		const plain = await unsealBytes(sealing, bindingOf(facts), { iv, sealed });
		if (plain === null) return null;
		const secret = JSON.parse(new TextDecoder().decode(plain)) as PairingSecret;
		plain.fill(0);
		return { ...facts, ...secret, iv };
	}

	/** All of a company, the oldest first. @throws VaultError */
	async of(company: string): Promise<PairingFacts[]> {
		const records = await this.#vault.use((db) =>
			db.getAll('pairings', IDBKeyRange.bound([company], [company, []]))
		);
		return records
			.map(({ sealing: _, iv: __, sealed: ___, ...facts }) => facts)
			.sort((a, b) => a.at - b.at);
	}

	/** Lets go of this very record, or notes why the server refused it. @throws VaultError */
	async settle({ company, lock, iv }: KeptPairing, refused: string | null = null): Promise<void> {
		await this.#vault.use(async (db) => {
			const tx = db.transaction('pairings', 'readwrite', { durability: 'strict' });
			const record = await tx.store.get([company, lock]);
			if (record && indexedDB.cmp(record.iv, iv) === 0)
				await (refused === null
					? tx.store.delete([company, lock])
					: tx.store.put({ ...record, refused }));
			await tx.done;
		});
	}

	/** Lets go of whatever is kept of a lock. @throws VaultError */
	async forget(company: string, lock: string): Promise<void> {
		await this.#vault.use((db) => db.delete('pairings', [company, lock]));
	}
}

function bindingOf({ company, lock, vendor }: PairingFacts): Bytes {
	return text.encode(`hasp pairing ${JSON.stringify([company, lock, vendor])}`);
}
