import type { Selectable } from 'kysely';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { AddLockRequest, ChangeLockRequest, Lock } from '../api/app/locks.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import { isDuplicate } from './db/error.ts';
import { newId } from './db/id.ts';
import type { LockTable } from './db/tables.ts';
import { inTransaction } from './db/transaction.ts';
import { notFound, ServerError } from './error.ts';
import { isManager, type Member } from './people/identity.ts';
import { seal, type Secret } from './secret.ts';

export type LockRow = Selectable<LockTable>;

/** What locks out of the box answer to; public, from the Nokē documents. */
export const DEFAULT_BASE_KEY = '000102030405060708090a0b0c0d0e0f';

/** Hardware that can be unshackled for a battery change: the HD padlock. */
const UNSHACKLES: ReadonlySet<string> = new Set(['4I']);

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
		battery:
			battery_mv === null || battery_at === null
				? null
				: { millivolts: battery_mv, at: battery_at },
		lastKnown: state === null || state_at === null ? null : { state, at: state_at },
		lastOpened:
			last_opened_at === null ? null : { at: last_opened_at, trackingKey: row.last_opened_by },
		mayOpen: true,
		mayUnshackle: UNSHACKLES.has(row.hardware_type)
	};
}

/** A window that is half over waits too, but nobody has to do anything about it. */
function waits({ pending, phase, slot_changes, slot_reset }: Shown): boolean {
	return pending !== null || phase === 'recover' || slot_changes > 0 || slot_reset === 1;
}

/**
 * Adds a lock with its base key and a fresh root, both sealed. Throws ServerError `conflict` when
 * the company has this MAC already.
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
	const place = (column: string) => ({ table: 'lock', row: id, column });
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
		base_key: seal(secret, place('base_key'), Buffer.from(baseKey, 'hex')),
		root: seal(secret, place('root'), randomBytes(32)),
		gen: 0,
		phase: 'steady',
		active: 0,
		pending: null,
		pending_changes: null,
		next_reference: 0,
		log_cursor: 0,
		log_seen: 0,
		recovery: 0,
		alarm: null,
		settings: '{}',
		slots_used: 0,
		slots_waiting: 0,
		slots_revoking: 0,
		slot_changes: 0,
		slot_reset: 0,
		issue_base: 0,
		renew_at: null
	};
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
