import type { Bytes } from '../../protocol/bytes.ts';
import type { MasterKey } from '../../protocol/noke/commands.ts';
import { deriveKey } from '../../protocol/noke/grant.ts';
import type { LockTable } from '../db/tables.ts';
import { unseal, type Secret } from '../secret.ts';

/** The columns a lock's keys come from. */
export type KeyColumns = Pick<LockTable, 'id' | 'environment' | 'base_key' | 'root' | 'gen'>;

/** The keys of one lock; docs/lock-scheme.md section 3. */
export interface Keys {
	/** The master key of an epoch; in the sandbox the base key at every epoch. */
	master(epoch: number): MasterKey;
	/** The key that slot 1..100 was given by that issue number. */
	slot(issue: number, slot: number): Bytes;
}

/** Locks whose keys stay in memory, about 1 kB each. */
const HELD = 5000;
/** Master keys kept of one lock: more than an upload ever tries. */
const EPOCHS = 16;

type Entry = Keys & Pick<KeyColumns, 'base_key' | 'root' | 'gen' | 'environment'>;

const caches = new WeakMap<Secret, Map<string, Entry>>();

/**
 * The keys of a lock's row. Unsealing and deriving take 30 µs, so those of the last locks are
 * kept, as long as the sealed text is the same. Throws SecretError `broken`.
 */
export function keysOf(secret: Secret, row: KeyColumns): Keys {
	let cache = caches.get(secret);
	if (cache === undefined) caches.set(secret, (cache = new Map()));
	const known = cache.get(row.id);
	cache.delete(row.id);
	const entry = known !== undefined && isOf(known, row) ? known : open(secret, row);
	cache.set(row.id, entry);
	if (cache.size > HELD) cache.delete(cache.keys().next().value!);
	return entry;
}

function isOf(entry: Entry, row: KeyColumns): boolean {
	return (
		entry.base_key === row.base_key &&
		entry.root === row.root &&
		entry.gen === row.gen &&
		entry.environment === row.environment
	);
}

function open(secret: Secret, { id, base_key, root, gen, environment }: KeyColumns): Entry {
	const base = unseal(secret, { table: 'lock', row: id, column: 'base_key' }, base_key);
	const plainRoot = unseal(secret, { table: 'lock', row: id, column: 'root' }, root);
	const masters = new Map<number, MasterKey>();
	const derive = (epoch: number): Uint8Array =>
		epoch === 0 || environment === 'sandbox' ? base : deriveKey(plainRoot, gen, epoch, 0);
	return {
		base_key,
		root,
		gen,
		environment,
		master(epoch) {
			const known = masters.get(epoch);
			if (known !== undefined) return known;
			if (masters.size >= EPOCHS) masters.clear();
			const made = { key: derive(epoch), epoch };
			masters.set(epoch, made);
			return made;
		},
		slot: (issue, slot) => deriveKey(plainRoot, gen, issue, slot)
	};
}
