import { randomBytes } from 'node:crypto';
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
import { ServerError } from './error.ts';
import type { Adder } from './locks.ts';
import { seal, type Secret } from './secret.ts';

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
		.default(DEFAULT_BASE_KEY)
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
	{ mac, serial, name = serial || mac, environment, baseKey }: z.output<typeof AddFob>
): Promise<{ fob: Fob; baseKey: string }> {
	const now = Date.now();
	const id = newId(now);
	const place = (column: string) => ({ table: 'fob', row: id, column });
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
		base_key: seal(secret, place('base_key'), Buffer.from(baseKey, 'hex')),
		root: seal(secret, place('root'), randomBytes(32)),
		gen: 0,
		phase: 'steady',
		active: 0,
		pending: null,
		pending_changes: null,
		recovery: 0,
		battery_mv: null,
		battery_at: null,
		synced_at: null
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
