import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { AddLockRequest, ChangeLockRequest, Lock } from '../api/app/locks.ts';
import { DEFAULT_BASE_KEY, kindOf } from '../protocol/noke/profile.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import { isDuplicate } from './db/error.ts';
import { newId } from './db/id.ts';
import type { Alarm, LockTable } from './db/tables.ts';
import { inTransaction } from './db/transaction.ts';
import { notFound, ServerError } from './error.ts';
import { isManager, type Member } from './people/identity.ts';
import { newKeys } from './new-keys.ts';
import type { Secret } from './secret.ts';
import { explicitLockOf, SETTINGS_COLUMNS } from './settings.ts';

export type LockRow = Selectable<LockTable>;

/** Who adds a lock. */
export interface Adder {
	companyId: string;
	/** User id or `cli`. */
	actor: string;
	/** The name shown as `created_by`. */
	name: string;
}

/** Columns a list of locks shows: not the sealed ones. */
const SHOWN = [
	'lock.id',
	'mac',
	'serial',
	'name',
	'place',
	'hardware_type',
	'firmware',
	'environment',
	'setup_count',
	'phase',
	'pending',
	'slots_used',
	'slots_waiting',
	'slots_revoking',
	'slot_changes',
	'slot_reset',
	'alarm',
	'quick_click_changes',
	...SETTINGS_COLUMNS,
	'settings_refused',
	'battery_mv',
	'battery_at',
	'state',
	'state_at',
	'last_opened_at',
	'last_opened_by'
] as const;

type Shown = Pick<LockRow, Exclude<(typeof SHOWN)[number], 'lock.id'> | 'id'>;

/** Every lock a person sees, by name: all for owner and admin, the granted ones for a member. */
export async function listLocks(db: Db, who: Member): Promise<Lock[]> {
	let query = db.selectFrom('lock').select(SHOWN).where('lock.company_id', '=', who.company.id);
	if (!isManager(who.company.role)) {
		query = query
			.innerJoin('grant', 'grant.lock_id', 'lock.id')
			.where('grant.user_id', '=', who.userId);
	}
	const rows = await query.orderBy('name').orderBy('lock.id').execute();
	return rows.map(toLock);
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

/** A row as the pages see it. Whoever sees a lock may open it. */
export function toLock(row: Shown): Lock {
	const { battery_mv, battery_at, state, state_at, last_opened_at } = row;
	const set = row.setup_count > 0;
	return {
		mac: row.mac,
		name: row.name,
		place: row.place,
		serial: row.serial,
		hardwareType: row.hardware_type,
		firmware: row.firmware,
		environment: row.environment,
		awaitingSetup: !set,
		waitsForLock: set && waits(row),
		waiting: { keys: row.slots_waiting, revoked: row.slots_revoking },
		slotsUsed: row.slots_used,
		keysUnknownSince: alarmedAt(row),
		battery:
			battery_mv === null || battery_at === null
				? null
				: { millivolts: battery_mv, at: battery_at },
		lastKnown: state === null || state_at === null ? null : { state, at: state_at },
		lastOpened:
			last_opened_at === null ? null : { at: last_opened_at, trackingKey: row.last_opened_by },
		mayOpen: true,
		mayUnshackle: kindOf(row.hardware_type) === 'hd-padlock',
		explicitLock: explicitLockOf(row)
	};
}

/** When the keys of a lock were declared unknown; its alarm is that and no other. */
function alarmedAt({ alarm }: Pick<Shown, 'alarm'>): number | null {
	return alarm === null ? null : (JSON.parse(alarm) as Alarm).at;
}

/** A window that is half over waits too, but nobody has to do anything about it. */
function waits(row: Shown): boolean {
	if (row.pending !== null || row.phase === 'recover') return true;
	if (row.slot_changes > 0 || row.slot_reset === 1 || row.quick_click_changes > 0) return true;
	return row.settings_wanted !== null || row.settings_state === 'waiting';
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
