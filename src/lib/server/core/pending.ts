import { z } from 'zod';
import type { Command } from '../../protocol/noke/commands.ts';
import { removeKey, reset, setKey } from '../../protocol/noke/writes.ts';
import { CoreError } from './error.ts';
import type { Keys } from './keys.ts';

const Slot = z.int().min(1).max(100);
const Seconds = z.int().min(0).max(0xffffffff);

/** One slot change. `issue` names the key, which is derived: no key is stored in a set. */
const Write = z.discriminatedUnion('kind', [
	z.object({
		kind: z.literal('set'),
		slot: Slot,
		issue: z.int().min(1).max(0xffffffff),
		from: Seconds,
		until: Seconds
	}),
	z.object({ kind: z.literal('remove'), slot: Slot }),
	z.object({ kind: z.literal('reset') })
]);
export type Write = z.infer<typeof Write>;

/** What a pending epoch changes, in the order the lock gets it; the master key is always new. */
export const PendingSet = z.object({ writes: z.array(Write).max(200) });
export type PendingSet = z.infer<typeof PendingSet>;

/** The set as the lock's row keeps it, from its first offer until it is proven. */
export function freeze(set: PendingSet): string {
	return JSON.stringify(set);
}

/** The reverse of `freeze`. Throws CoreError `broken-pending`. */
export function thaw(text: string | null): PendingSet {
	try {
		return PendingSet.parse(JSON.parse(text ?? ''));
	} catch (cause) {
		throw new CoreError('broken-pending', 'The changes that wait cannot be read', { cause });
	}
}

/** The commands that stage a set. */
export function commandsOf({ writes }: PendingSet, keys: Keys): Command[] {
	return writes.map((write) => {
		switch (write.kind) {
			case 'set': {
				const { slot, issue, from, until } = write;
				return setKey(slot, { key: keys.slot(issue, slot), from, until });
			}
			case 'remove':
				return removeKey(write.slot);
			case 'reset':
				return reset();
		}
	});
}
