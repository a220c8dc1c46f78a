import type { MasterKey } from '../../protocol/noke/commands.ts';
import { deriveKey } from '../../protocol/noke/grant.ts';
import type { FobRow } from '../fobs.ts';
import { unseal, type Secret } from '../secret.ts';

/**
 * The master keys of a fob, by epoch; as a lock's they are the base key at epoch 0, and in the
 * sandbox at every epoch. Throws SecretError `broken`.
 */
export function fobMaster(
	secret: Secret,
	{ id, base_key, root, gen, environment }: FobRow
): (epoch: number) => MasterKey {
	const base = unseal(secret, { table: 'fob', row: id, column: 'base_key' }, base_key);
	const plainRoot = unseal(secret, { table: 'fob', row: id, column: 'root' }, root);
	return (epoch) => {
		const isBase = epoch === 0 || environment === 'sandbox';
		return { epoch, key: isBase ? base : deriveKey(plainRoot, gen, epoch, 0) };
	};
}
