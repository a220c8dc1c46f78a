import { randomBytes } from 'node:crypto';
import type { DeviceTable } from './db/held-tables.ts';
import { seal, type Secret } from './secret.ts';

/** The keys of a lock or fob that is being added: its base key and a fresh root, both sealed. */
export function newKeys(
	secret: Secret,
	table: 'lock' | 'fob',
	row: string,
	baseKey: string
): Pick<
	DeviceTable,
	'base_key' | 'root' | 'gen' | 'phase' | 'active' | 'pending' | 'pending_changes' | 'recovery'
> {
	return {
		base_key: seal(secret, { table, row, column: 'base_key' }, Buffer.from(baseKey, 'hex')),
		root: seal(secret, { table, row, column: 'root' }, randomBytes(32)),
		gen: 0,
		phase: 'steady',
		active: 0,
		pending: null,
		pending_changes: null,
		recovery: 0
	};
}
