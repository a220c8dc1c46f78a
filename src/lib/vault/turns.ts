import type { Vault } from './store.ts';

/** An opening at a door lock without network, noted before its frame is sent. */
export interface StoredTurn {
	id: string;
	/** Person and company: it is told in their name only. */
	owner: string;
	door: number;
	action: 'unlock' | 'lock';
	/** Unix seconds by the server's clock, as well as the phone knew it. */
	at: number;
	/** What the lock answered, whole frames in hex: sealed, its proof. */
	answers: string[];
}

/** Openings without network that the server has not been told. */
export class Turns {
	readonly #vault: Vault;

	constructor(vault: Vault) {
		this.#vault = vault;
	}

	/** Notes one, or what is known of it more by now; on the disk when it settles. @throws VaultError */
	async note(turn: StoredTurn): Promise<void> {
		await this.#vault.use(async (db) => {
			const tx = db.transaction('turns', 'readwrite', { durability: 'strict' });
			await Promise.all([tx.store.put(turn), tx.done]);
		});
	}

	/** All of one person. @throws VaultError */
	async of(owner: string): Promise<StoredTurn[]> {
		const all = await this.#vault.use((db) => db.getAll('turns'));
		return all.filter((turn) => turn.owner === owner);
	}

	/** Whether nothing of anybody waits. @throws VaultError */
	async isEmpty(): Promise<boolean> {
		return (await this.#vault.use((db) => db.count('turns'))) === 0;
	}

	/** The server has these, as they were sent; one that has grown since stays. @throws VaultError */
	async settle(sent: readonly StoredTurn[]): Promise<void> {
		await this.#vault.use(async (db) => {
			const tx = db.transaction('turns', 'readwrite', { durability: 'strict' });
			for (const { id, answers } of sent) {
				const now = await tx.store.get(id);
				if (now && now.answers.length <= answers.length) await tx.store.delete(id);
			}
			await tx.done;
		});
	}

	/** It is known not to have happened. @throws VaultError */
	async withdraw(id: string): Promise<void> {
		await this.#vault.use((db) => db.delete('turns', id));
	}
}
