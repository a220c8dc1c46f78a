import type { Selectable } from 'kysely';
import { z } from 'zod';
import { CoreMac } from '../api/core/shapes.ts';
import { DEFAULT_BASE_KEY } from '../protocol/noke/profile.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import { isDuplicate } from './db/error.ts';
import type { FobTable } from './db/held-tables.ts';
import { newId } from './db/id.ts';
import { inTransaction } from './db/transaction.ts';
import { notFound, ServerError } from './error.ts';
import type { Adder } from './locks.ts';
import { newKeys } from './new-keys.ts';
import type { Secret } from './secret.ts';

export type FobRow = Selectable<FobTable>;

/** A fob to be added; without a base key it has the public one. */
export const AddFob = z.object({
	mac: CoreMac,
	serial: z.string().max(100).default(''),
	name: z.string().max(100).optional(),
	environment: z.enum(['production', 'sandbox']).default('production'),
	baseKey: z
		.string()
		.regex(/^[0-9a-fA-F]{32}$/, 'a base key is 32 hex characters')
		.toLowerCase()
		.optional()
});

/** A fob as people see it. */
export type Fob = Pick<FobRow, 'mac' | 'serial' | 'name' | 'environment'>;

/**
 * Adds a fob with its base key and a fresh root, both sealed. Throws ServerError `conflict` when
 * the company has a lock or a fob with this MAC already.
 */
export async function addFob(
	db: Db,
	secret: Secret,
	by: Adder,
	{
		mac,
		serial,
		name = serial || mac,
		environment,
		baseKey = DEFAULT_BASE_KEY
	}: z.output<typeof AddFob>
): Promise<{ fob: Fob; baseKey: string }> {
	const now = Date.now();
	const id = newId(now);
	const taken = (cause?: unknown) =>
		new ServerError('conflict', 'A lock or a fob with this MAC is here already.', { cause });
	const row: FobRow = {
		id,
		company_id: by.companyId,
		environment,
		mac,
		serial,
		name,
		created_by: by.name,
		created_at: now,
		...newKeys(secret, 'fob', id, baseKey),
		battery_mv: null,
		battery_at: null,
		synced_at: null,
		lost_at: null
	};
	await inTransaction(db, async (trx) => {
		const lock = trx.selectFrom('lock').select('id').where('company_id', '=', by.companyId);
		if ((await lock.where('mac', '=', mac).executeTakeFirst()) !== undefined) throw taken();
		try {
			await trx.insertInto('fob').values(row).execute();
		} catch (cause) {
			throw isDuplicate(cause) ? taken(cause) : cause;
		}
		await audit(trx, by.companyId, by.actor, 'fob.add', { mac, name });
	});
	return { fob: { mac, serial, name, environment }, baseKey };
}

/**
 * The fob with this MAC. Throws ServerError `not-found` alike for an absent one and another
 * company's.
 */
export async function findFob(db: Db, companyId: string, mac: string): Promise<FobRow> {
	const query = db.selectFrom('fob').selectAll().where('company_id', '=', companyId);
	const row = await query.where('mac', '=', mac).executeTakeFirst();
	if (row === undefined) throw notFound();
	return row;
}

/**
 * Forgets a fob that was added by mistake. Throws ServerError `not-found`; `conflict` once it may
 * have keys of ours, which nobody could ever change again, or while a lock has a key for it.
 */
export async function removeFob(
	db: Db,
	by: Pick<Adder, 'companyId' | 'actor'>,
	mac: string
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const { id, active, pending, phase } = await findFob(trx, by.companyId, mac);
		const key = trx.selectFrom('slot').select('slot').where('fob_id', '=', id);
		const held = await key.where('state', '!=', 'off').executeTakeFirst();
		if (active > 0 || pending !== null || phase === 'recover')
			throw new ServerError('conflict', 'It was synced: without its keys it could never be again.');
		if (held !== undefined) throw new ServerError('conflict', 'A lock still has a key for it.');
		await trx.deleteFrom('fob').where('id', '=', id).execute();
		await audit(trx, by.companyId, by.actor, 'fob.remove', { mac });
	});
}
