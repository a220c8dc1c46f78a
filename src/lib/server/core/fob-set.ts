import { z } from 'zod';
import type { Command } from '../../protocol/noke/commands.ts';
import { addLock, clearLocks } from '../../protocol/noke/fob.ts';
import type { Db } from '../db/connect.ts';
import type { Secret } from '../secret.ts';
import { CoreError } from './error.ts';
import { KEY_COLUMNS } from './grants.ts';
import { keysOf } from './keys.ts';

/** What a fob is to hold, in the order of its positions: keys are derived, none is stored. */
export const FobSet = z.object({
	credentials: z
		.array(
			z.object({
				lock: z.string(),
				mac: z.string(),
				slot: z.int().min(1).max(100),
				issue: z.int().min(1).max(0xffffffff)
			})
		)
		.max(100)
});
export type FobSet = z.infer<typeof FobSet>;

/** The reverse of JSON.stringify. Throws CoreError `broken-pending`. */
export function thawFobSet(text: string | null): FobSet {
	try {
		return FobSet.parse(JSON.parse(text ?? ''));
	} catch (cause) {
		throw new CoreError('broken-pending', 'The changes that wait cannot be read', { cause });
	}
}

/**
 * The commands that stage a set: the whole of what the fob is to hold, because what it holds is not
 * always known. Throws CoreError `broken-pending` when a lock of it is gone.
 */
export async function fobWrites(
	db: Db,
	secret: Secret,
	{ credentials }: FobSet
): Promise<Command[]> {
	const ids = credentials.map(({ lock }) => lock);
	const rows =
		ids.length === 0
			? []
			: await db.selectFrom('lock').select(KEY_COLUMNS).where('id', 'in', ids).execute();
	const locks = new Map(rows.map((row) => [row.id, row]));
	const adds = credentials.map(({ lock, mac, slot, issue }, i) => {
		const row = locks.get(lock);
		if (row === undefined)
			throw new CoreError('broken-pending', 'A lock of the changes that wait is gone');
		return addLock(i + 1, { key: keysOf(secret, row).slot(issue, slot), mac, slot });
	});
	return [clearLocks(), ...adds];
}
