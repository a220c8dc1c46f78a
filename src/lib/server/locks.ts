import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { AddLockRequest, ChangeLockRequest, Lock } from '../api/app/locks.ts';
import { DEFAULT_BASE_KEY } from '../protocol/noke/profile.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import { isDuplicate } from './db/error.ts';
import { newId } from './db/id.ts';
import type { LockTable } from './db/tables.ts';
import { inTransaction } from './db/transaction.ts';
import { notFound, ServerError } from './error.ts';
import { toLock } from './lock-list.ts';
import { isManager, type Member } from './people/identity.ts';
import { newKeys } from './new-keys.ts';
import type { Secret } from './secret.ts';

export type LockRow = Selectable<LockTable>;

/** Who adds a lock. */
export interface Adder {
	companyId: string;
	/** User id or `cli`. */
	actor: string;
	/** The name shown as `created_by`. */
	name: string;
}

/**
 * The lock with this MAC, if the person may see and open it. Throws ServerError `not-found` alike
 * for an absent lock, another company's and one that was not granted.
 */
export async function findLock(db: Db, who: Member, mac: string): Promise<LockRow> {
	let query = db
		.selectFrom('lock')
		.selectAll('lock')
		.where('lock.company_id', '=', who.company.id)
		.where('mac', '=', mac);
	if (!isManager(who.company.role)) {
		query = query
			.innerJoin('grant', 'grant.lock_id', 'lock.id')
			.where('grant.user_id', '=', who.userId);
	}
	const row = await query.executeTakeFirst();
	if (row === undefined) throw notFound();
	return row;
}

/**
 * Adds a lock with its base key and a fresh root, both sealed. Throws ServerError `conflict` when
 * the company has a lock or a fob with this MAC already.
 */
export async function addLock(
	db: Db,
	secret: Secret,
	by: Adder,
	request: z.output<typeof AddLockRequest>
): Promise<{ lock: Lock; baseKey: string }> {
	const baseKey = request.baseKey ?? DEFAULT_BASE_KEY;
	const row = newRow(secret, by, request, baseKey);
	await inTransaction(db, async (trx) => {
		if ((await fobsAmong(trx, by.companyId, [row.mac])).length > 0)
			throw new ServerError('conflict', 'A fob with this MAC is here already.');
		await insertLocks(trx, [row]);
		await audit(trx, by.companyId, by.actor, 'lock.add', { mac: row.mac, name: row.name });
	});
	return { lock: toLock(row), baseKey };
}

/** A new lock's row, in the state a lock leaves the factory in. */
export function newRow(
	secret: Secret,
	by: Adder,
	request: z.output<typeof AddLockRequest>,
	baseKey: string
): LockRow {
	const now = Date.now();
	const id = newId(now);
	return {
		id,
		company_id: by.companyId,
		environment: request.environment,
		mac: request.mac,
		serial: request.serial,
		name: request.name,
		place: request.place,
		hardware_type: request.hardwareType,
		firmware: request.firmware,
		created_by: by.name,
		created_at: now,
		setup_count: 0,
		battery_mv: null,
		battery_at: null,
		external_battery_mv: null,
		state: null,
		state_at: null,
		last_opened_at: null,
		last_opened_by: null,
		...newKeys(secret, 'lock', id, baseKey),
		next_reference: 0,
		log_cursor: 0,
		log_seen: 0,
		alarm: null,
		unknown_since: null,
		settings: '{}',
		slots_used: 0,
		slots_waiting: 0,
		slots_revoking: 0,
		slot_changes: 0,
		slot_reset: 0,
		issue_base: 0,
		renew_at: null,
		quick_clicks_used: 0,
		quick_click_changes: 0,
		quick_click_reset: 0,
		uses_asked: 0,
		settings_state: 'on-lock',
		settings_flags: 0,
		settings_next: null,
		settings_wanted: null,
		settings_frozen: null,
		settings_refused: 0,
		moves: null,
		moved_at: null
	};
}

/** Those of these MACs, at most 1000, that are a company's fobs: what one of them says is no lock's. */
export async function fobsAmong(
	db: Db,
	companyId: string,
	macs: readonly string[]
): Promise<{ mac: string }[]> {
	const fobs = db.selectFrom('fob').select('mac').where('company_id', '=', companyId);
	return fobs.where('mac', 'in', macs).execute();
}

/** Inserts rows; a MAC the company has already is a ServerError `conflict`. */
export async function insertLocks(db: Db, rows: readonly LockRow[]): Promise<void> {
	try {
		await db.insertInto('lock').values(rows).execute();
	} catch (cause) {
		if (!isDuplicate(cause)) throw cause;
		throw new ServerError('conflict', 'A lock with this MAC is here already.', { cause });
	}
}

/** Changes a lock's name or place. Throws ServerError `not-found`. */
export async function changeLock(
	db: Db,
	who: Member,
	mac: string,
	{ name, place }: z.output<typeof ChangeLockRequest>
): Promise<Lock> {
	return db.transaction().execute(async (trx) => {
		const row = await findLock(trx, who, mac);
		const changed = { name: name ?? row.name, place: place ?? row.place };
		await trx.updateTable('lock').set(changed).where('id', '=', row.id).execute();
		await audit(trx, who.company.id, who.userId, 'lock.change', { mac, ...changed });
		return toLock({ ...row, ...changed });
	});
}

/** Ids of these locks of a company. Throws ServerError `not-found` if one is not there. */
export async function locksOf(
	db: Db,
	companyId: string,
	macs: readonly string[]
): Promise<{ id: string; mac: string }[]> {
	const wanted = [...new Set(macs)];
	if (wanted.length === 0) return [];
	const rows = await db
		.selectFrom('lock')
		.select(['id', 'mac'])
		.where('company_id', '=', companyId)
		.where('mac', 'in', wanted)
		.execute();
	if (rows.length < wanted.length) throw notFound();
	return rows;
}
