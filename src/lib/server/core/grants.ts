import { mintOfflineGrant } from '../../protocol/noke/grant.ts';
import type { OfflineGrant } from '../../protocol/noke/offline.ts';
import type { Secret } from '../secret.ts';
import { keysOf, type KeyColumns } from './keys.ts';

/** What the holder of a slot is given: its key and the unlock command, in hex. */
export function grantOf(
	secret: Secret,
	lock: KeyColumns,
	{ slot, issue }: { slot: number; issue: number }
): OfflineGrant {
	return mintOfflineGrant(keysOf(secret, lock).slot(issue, slot), slot);
}

/** Columns of a lock that its keys come from. */
export const KEY_COLUMNS = ['id', 'environment', 'base_key', 'root', 'gen'] as const;
