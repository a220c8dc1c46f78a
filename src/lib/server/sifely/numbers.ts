import { randomInt } from 'node:crypto';
import type { Db } from '../db/connect.ts';

/** One more than the highest: ids fit 31 bits, as the clients of the open API expect. */
const END = 2 ** 31;

/** A number that no row of this table has. Random, so that it tells nobody how many there are. */
export async function newNumber(
	db: Db,
	table: 'sifely_account' | 'door_lock' | 'ekey' | 'passcode'
): Promise<number> {
	for (;;) {
		const id = randomInt(1, END);
		const row = await db.selectFrom(table).select('id').where('id', '=', id).executeTakeFirst();
		if (row === undefined) return id;
	}
}
