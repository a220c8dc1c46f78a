import { toHex } from '../../../src/lib/protocol/bytes.ts';
import { keysOf } from '../../../src/lib/server/core/keys.ts';
import type { Db } from '../../../src/lib/server/db/connect.ts';
import type { LockRow } from '../../../src/lib/server/locks.ts';
import { takenQuickClicks } from '../../../src/lib/server/quick-click-rows.ts';
import type { Secret } from '../../../src/lib/server/secret.ts';
import { takenSlots } from '../../../src/lib/server/slot-rows.ts';
import type { KeySet } from '../../../src/lib/virtual/noke/keyset.ts';

/** What the server believes that a lock holds. */
export async function believed({ db, secret }: { db: Db; secret: Secret }, row: LockRow) {
	const keys = keysOf(secret, row);
	const slots = await takenSlots(db, row.id);
	const codes = await takenQuickClicks(db, row.id);
	return {
		epoch: row.active,
		master: toHex(keys.master(row.active).key),
		slots: Object.fromEntries(
			slots.map(({ slot, issue }) => [slot, toHex(keys.slot(issue, slot))])
		),
		quickClicks: Object.fromEntries(
			codes.map(({ position, code, uses }) => [position, { code, uses }])
		),
		explicitLock: row.settings_flags === 1
	};
}

/** What it holds, in the same form. */
export function held({ epoch, master, slots, quickClicks, explicitLock }: KeySet<string>) {
	const keys = Object.entries(slots).map(([slot, { key }]) => [slot, key]);
	return { epoch, master, slots: Object.fromEntries(keys), quickClicks, explicitLock };
}
