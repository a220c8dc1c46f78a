import { openDB, type DBSchema } from 'idb';
import { VaultError } from './store.ts';

/** A virtual device at rest, and the demo company that it belongs to. */
export interface DemoRecord<State> {
	company: string;
	mac: string;
	state: State;
}

type Device = 'padlock' | 'fob' | 'door';

interface DemoSchema<State> extends DBSchema {
	/** All lie here: the store was made for the padlock alone. */
	padlock: { key: Device; value: DemoRecord<State> };
}

/** The one virtual padlock, fob or door lock of this browser, in a database of its own: no company's data is in it. */
export class DemoStore<State> {
	readonly #opening;
	readonly #device: Device;

	constructor(name = 'hasp-demo', device: Device = 'padlock') {
		this.#device = device;
		this.#opening = openDB<DemoSchema<State>>(name, 1, {
			upgrade: (db) => void db.createObjectStore('padlock'),
			blocking: (_from, _to, event) => (event.target as IDBDatabase).close()
		});
		this.#opening.catch(() => undefined);
	}

	/** @throws VaultError */
	load(): Promise<DemoRecord<State> | undefined> {
		return stored(async () => (await this.#opening).get('padlock', this.#device));
	}

	/** On the disk when it settles, as a lock's flash is. @throws VaultError */
	save(record: DemoRecord<State>): Promise<void> {
		return stored(async () => {
			const db = await this.#opening;
			const tx = db.transaction('padlock', 'readwrite', { durability: 'strict' });
			await Promise.all([tx.store.put(record, this.#device), tx.done]);
		});
	}
}

async function stored<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		throw new VaultError('unavailable', 'the padlock could not be stored', { cause });
	}
}
