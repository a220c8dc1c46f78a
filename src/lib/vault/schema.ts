import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { SealedEkey } from './ekeys.ts';
import type { Device, SealedKey } from './keys.ts';
import type { Refused, StoredBatch, StoredClaim } from './outbox.ts';
import type { StoredPairing } from './pairings.ts';
import type { StoredTurn } from './turns.ts';

/** What this phone keeps. A store more is a version more, and one step more in `upgrade`. */
export interface VaultSchema extends DBSchema {
	/** What locks said and the server has not yet confirmed, by id. */
	outbox: { key: string; value: StoredBatch; indexes: { 'by time': [string, number] } };
	/** What the server will never take, with its reason, by id. */
	refused: { key: string; value: Refused };
	/** Openings by a key of this phone that the server has not been told, by id. */
	claims: { key: string; value: StoredClaim; indexes: { 'by time': [string, number] } };
	/** This phone, under its one key `phone`. */
	device: { key: 'phone'; value: Device };
	/** Offline keys, one a lock, by MAC. */
	keys: { key: string; value: SealedKey };
	/** Locks that this phone has paired and the server does not have, by company and name. */
	pairings: { key: [company: string, lock: string]; value: StoredPairing };
	/** eKeys for the time without network, one a door lock, by its number. */
	ekeys: { key: number; value: SealedEkey };
	/** Openings with them that the server has not been told, by id. */
	turns: { key: string; value: StoredTurn };
}

export const VERSION = 3;

/** Brings a vault of any earlier version to this one; what is there is kept. */
export async function upgrade(
	db: IDBPDatabase<VaultSchema>,
	from: number,
	tx: IDBPTransaction<VaultSchema, StoreNames<VaultSchema>[], 'versionchange'>
): Promise<void> {
	if (from < 1) {
		db.createObjectStore('outbox', { keyPath: 'id' });
		db.createObjectStore('refused', { keyPath: 'id' });
	}
	if (from < 2) {
		db.createObjectStore('device');
		db.createObjectStore('keys', { keyPath: 'mac' });
		const claims = db.createObjectStore('claims', { keyPath: 'id' });
		claims.createIndex('by time', ['company', 'at']);
		tx.objectStore('outbox').createIndex('by time', ['company', 'receivedAt']);
		// Version 1 wrote null where the company was not known, which no index finds.
		for await (const cursor of tx.objectStore('outbox')) {
			const batch = cursor.value as Omit<StoredBatch, 'company'> & { company: string | null };
			if (batch.company === null) await cursor.update({ ...batch, company: '' });
		}
	}
	if (from < 3) {
		db.createObjectStore('pairings', { keyPath: ['company', 'lock'] });
		db.createObjectStore('ekeys', { keyPath: 'door' });
		db.createObjectStore('turns', { keyPath: 'id' });
	}
}
