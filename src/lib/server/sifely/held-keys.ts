import type { Updateable } from 'kysely';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import type { EkeyTable } from '../db/door-tables.ts';
import { actorOf, type Holder } from './caller.ts';
import { holdDoor, type DoorRow, type EkeyRow, type Held } from './doors.ts';
import { mayChange } from './ekeys.ts';
import { keyNotFound, SifelyError } from './error.ts';

/** Changes somebody else's eKey, of whom this account is an administrator. */
export async function changeHeld(
	trx: Db,
	caller: Holder,
	keyId: number,
	made: (key: EkeyRow, held: Held) => Updateable<EkeyTable>
): Promise<{ lock: DoorRow; before: EkeyRow; after: EkeyRow }> {
	const { held, key } = await holdKey(trx, caller, keyId);
	const isOwn = key.account_id === caller.uid && caller.asOwner !== true;
	if (isOwn || key.kind === 'admin')
		throw new SifelyError('not-permitted', 'an eKey is changed by another administrator only');
	mayChange(held, key);
	const columns = made(key, held);
	const after = await trx
		.updateTable('ekey')
		.set(columns)
		.where('id', '=', keyId)
		.returningAll()
		.executeTakeFirstOrThrow();
	const deed = { lockId: key.lock_id, keyId, ...columns };
	await audit(trx, caller.companyId, actorOf(caller), 'ekey.change', deed);
	return { lock: held.lock, before: key, after };
}

/** Throws SifelyError `no-ekey` for one that is absent and for one of another lock. */
export async function mustBeOf(db: Db, lockId: number, keyId: number): Promise<void> {
	const key = await db
		.selectFrom('ekey')
		.select('id')
		.where('id', '=', keyId)
		.where('lock_id', '=', lockId)
		.executeTakeFirst();
	if (key === undefined) throw keyNotFound();
}

/**
 * An eKey that lives, and what its lock is to the caller. Throws SifelyError `no-ekey` alike for one
 * that is absent and for one of a lock that is none of theirs.
 */
export async function holdKey(
	trx: Db,
	caller: Holder,
	keyId: number
): Promise<{ held: Held; key: EkeyRow }> {
	const found = await trx
		.selectFrom('ekey')
		.select('lock_id')
		.where('id', '=', keyId)
		.executeTakeFirst();
	if (found === undefined) throw keyNotFound();
	const held = await holdDoor(trx, caller, found.lock_id).catch((cause: unknown) => {
		throw cause instanceof SifelyError ? keyNotFound() : cause;
	});
	// Read again: until the lock was held it could change.
	const key = await trx
		.selectFrom('ekey')
		.selectAll()
		.where('id', '=', keyId)
		.where('state', '<>', 'deleted')
		.executeTakeFirst();
	if (key === undefined) throw keyNotFound();
	return { held, key };
}
