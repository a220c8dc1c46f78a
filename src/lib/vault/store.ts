import { openDB, type IDBPDatabase } from 'idb';
import { upgrade, VERSION, type VaultSchema } from './schema.ts';

/** Why the phone's own storage did not do as asked. */
export type VaultErrorCode =
	/** No space left, or none granted. */
	| 'full'
	/** A newer version of the app has been opened in another tab: reload. */
	| 'outdated'
	/** The browser has no storage, forbids it or lost it. */
	| 'unavailable';

/** The one error of the vault room. Its message holds nothing of what is stored. */
export class VaultError extends Error {
	override readonly name = 'VaultError';
	readonly code: VaultErrorCode;

	constructor(code: VaultErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.code = code;
	}
}

/** Milliseconds to wait for the database: a tab with an older app that never lets go of it blocks it. */
const OPENS_WITHIN = 4_000;

/** The database of this phone, opened when it is first needed and again after the browser closed it. */
export class Vault {
	readonly #name: string;
	#opening: Promise<IDBPDatabase<VaultSchema>> | undefined;

	constructor(name = 'hasp') {
		this.#name = name;
	}

	/**
	 * Runs `work` on the open database.
	 * @throws VaultError
	 */
	async use<T>(work: (db: IDBPDatabase<VaultSchema>) => Promise<T>): Promise<T> {
		try {
			this.#opening ??= this.#open();
			return await work(await this.#opening);
		} catch (cause) {
			const error = vaultError(cause);
			if (error.code !== 'full') this.#opening = undefined;
			throw error;
		}
	}

	/** Closes it; the next use opens it again. */
	async close(): Promise<void> {
		const opening = this.#opening;
		this.#opening = undefined;
		(await opening?.catch(() => undefined))?.close();
	}

	async #open(): Promise<IDBPDatabase<VaultSchema>> {
		const opening = openDB<VaultSchema>(this.#name, VERSION, {
			upgrade: (db, from, _to, tx) => {
				// Whoever opens hears that it failed.
				tx.done.catch(() => undefined);
				void upgrade(db, from, tx).catch(() => tx.abort());
			},
			// Another tab wants to upgrade: it may not have to wait until this one is closed.
			blocking: () => void this.close(),
			terminated: () => (this.#opening = undefined)
		});
		let timer: ReturnType<typeof setTimeout> | undefined;
		const tooLate = new Promise<never>((_, reject) => {
			timer = setTimeout(() => {
				void opening.then((db) => db.close()).catch(() => undefined);
				reject(new VaultError('unavailable', 'another tab does not let go of the vault'));
			}, OPENS_WITHIN);
		});
		try {
			return await Promise.race([opening, tooLate]);
		} finally {
			clearTimeout(timer);
		}
	}
}

function vaultError(cause: unknown): VaultError {
	if (cause instanceof VaultError) return cause;
	switch ((cause as { name?: unknown } | null)?.name) {
		case 'QuotaExceededError':
			return new VaultError('full', 'no space left', { cause });
		case 'VersionError':
			return new VaultError('outdated', 'a newer version holds the vault', { cause });
		default:
			return new VaultError('unavailable', 'the browser’s storage failed', { cause });
	}
}
