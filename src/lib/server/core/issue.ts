import { sql } from 'kysely';
import { fromHex, type Bytes } from '../../protocol/bytes.ts';
import { kindOf } from '../../protocol/noke/profile.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import type { EnvironmentName } from '../db/tables.ts';
import type { Secret } from '../secret.ts';
import { CoreError, lockNotFound } from './error.ts';
import { keysOf, type KeyColumns } from './keys.ts';
import { asking, commandCount, packetsOf, type IssueAction, type Order } from './packets.ts';
import { freeze, thaw } from './pending.ts';
import { freezeSlots } from '../slot-sets.ts';
import { step, type KeySync } from './sync.ts';
import { syncOf, toColumns, type SyncColumns } from './sync-columns.ts';

/** What the engine works with. */
export interface Core {
	readonly db: Db;
	readonly secret: Secret;
}

/** Whose locks: of one environment, or of both for our own pages. */
export interface Scope {
	readonly companyId: string;
	readonly environment?: EnvironmentName;
}

export interface IssueRequest {
	/** Upper case with colons. */
	mac: string;
	/** 40 hex characters, lower case. */
	session: string;
	action: IssueAction;
	/** What the lock's log will name who opened by. */
	trackingKey: string | null;
	userId: string | null;
}

export interface Issued {
	packets: Bytes[];
	/** Index of the packet whose success means open; null when none opens. */
	opensAt: number | null;
	/** Milliseconds since 1970, as it is written down. */
	issuedAt: number;
}

type Row = KeyColumns &
	SyncColumns & {
		hardware_type: string;
		next_reference: number;
		log_cursor: number;
		log_seen: number;
		recovery: number;
		slot_changes: number;
		slot_reset: number;
		renew_at: number | null;
	};

/** Command ids of one session. */
const LAST_ID = 255;

/**
 * The packets with which this session opens, or is asked. What changes on the lock, the command
 * ids and the reference are on disk before a packet is made; a crash after that is harmless, since
 * the next request gets the same set under new ids. Throws CoreError `lock-not-found`,
 * `cannot-unshackle`, `session-full`, `broken-pending`.
 */
export async function issueCommands(
	{ db, secret }: Core,
	scope: Scope,
	request: IssueRequest,
	now: number = Date.now()
): Promise<Issued> {
	const { order, row, firstId } = await db
		.transaction()
		.execute((trx) => writeDown(trx, scope, request, now));
	const { packets, opensAt } = packetsOf(order, keysOf(secret, row), {
		firstId,
		time: Math.floor(now / 1000),
		session: fromHex(request.session)
	});
	return { packets, opensAt, issuedAt: now };
}

/** Two statements on the usual way: each opening waits for all before it on SQLite. */
async function writeDown(trx: Db, scope: Scope, request: IssueRequest, now: number) {
	const { action } = request;
	const row = await hold(trx, scope, request);
	if (action === 'unshackle' && kindOf(row.hardware_type) !== 'hd-padlock')
		throw new CoreError('cannot-unshackle', 'This lock cannot release its shackle');
	const before = syncOf(row);
	const { order, sync } = orderOf(row, before, action, now);
	if (sync !== before && sync.phase === 'offered') {
		const lock = { ...row, company_id: scope.companyId };
		const { writes, tally } = await freezeSlots(trx, lock, sync.pending, now);
		order.pending = { writes };
		await trx
			.updateTable('lock')
			.set({ ...toColumns(sync), ...tally, pending_changes: freeze(order.pending) })
			.where('id', '=', row.id)
			.execute();
	}
	const firstId = await reserve(trx, scope, row, request, order, now);
	return { order, row, firstId };
}

/** Holds the lock's row until the transaction ends, and takes the next reference. */
async function hold(trx: Db, scope: Scope, { mac, action }: IssueRequest): Promise<Row> {
	const taken = action === 'ask' ? 0 : 1;
	let query = trx
		.updateTable('lock')
		.set((e) => ({ next_reference: sql`(${e.ref('next_reference')} + ${sql.lit(taken)}) % 256` }))
		.where('company_id', '=', scope.companyId)
		.where('mac', '=', mac);
	if (scope.environment !== undefined) query = query.where('environment', '=', scope.environment);
	const row = await query
		.returning([
			'id',
			'environment',
			'hardware_type',
			'base_key',
			'root',
			'gen',
			'phase',
			'active',
			'pending',
			'pending_changes',
			'next_reference',
			'log_cursor',
			'log_seen',
			'recovery',
			'slot_changes',
			'slot_reset',
			'renew_at'
		])
		.executeTakeFirst();
	if (row === undefined) throw lockNotFound();
	return row;
}

/** A set that begins to be offered by this order is empty here: its contents come from the slots. */
function orderOf(
	row: Row,
	before: KeySync,
	action: IssueAction,
	now: number
): { order: Order; sync: KeySync } {
	const reference = (row.next_reference + 255) % 256;
	const { log_cursor, log_seen, pending_changes } = row;
	if (action === 'ask') {
		const offer = asking(before);
		const order = { action, offer, pending: null, reference: 0, logsAfter: log_cursor };
		return { order, sync: before };
	}
	const { sync, offer } = step(before, { kind: 'open-requested', changes: waits(row, now) });
	if (offer === null) throw new CoreError('broken-pending', 'No offer for this lock');
	const pending =
		offer.writesUnder === null
			? null
			: before.phase === 'offered'
				? thaw(pending_changes)
				: { writes: [] };
	// Among several openings nobody knows which one fits, so nothing can follow it.
	const complete = log_seen <= log_cursor || offer.opensUnder.length > 1;
	const logsAfter = complete ? null : log_cursor;
	return { order: { action, offer, pending, reference, logsAfter }, sync };
}

/** Whether something waits for this lock: a lock out of the box waits for its first keys. */
function waits({ active, slot_changes, slot_reset, renew_at }: Row, now: number): boolean {
	if (active === 0 || slot_changes > 0 || slot_reset === 1) return true;
	return renew_at !== null && renew_at <= now;
}

/**
 * Reserves the command ids after those this session has had, for good. One statement: on
 * PostgreSQL it sees what was committed while the row was waited for.
 */
async function reserve(
	trx: Db,
	scope: Scope,
	row: Row,
	request: IssueRequest,
	order: Order,
	now: number
): Promise<number> {
	const { session, action, trackingKey, userId } = request;
	const epoch = order.offer.opensUnder[0] ?? row.active;
	const recovery = row.phase === 'recover' ? row.recovery : null;
	const { rows } = await sql<{ first_id: number; last_id: number }>`
		insert into issued (id, lock_id, company_id, session, first_id, last_id, reference, action,
			tracking_key, user_id, at, epoch, recovery)
		select cast(${newId(now)} as text), cast(${row.id} as text), cast(${scope.companyId} as text),
			cast(${session} as text), coalesce(max(last_id), 0) + 1,
			coalesce(max(last_id), 0) + cast(${commandCount(order)} as integer),
			cast(${order.reference} as integer), cast(${action} as text),
			cast(${trackingKey} as text), cast(${userId} as text), cast(${now} as bigint),
			cast(${epoch} as integer), cast(${recovery} as integer)
		from issued where lock_id = ${row.id} and session = ${session}
		returning first_id, last_id`.execute(trx);
	const { first_id, last_id } = rows[0]!;
	if (last_id > LAST_ID)
		throw new CoreError(
			'session-full',
			'This session is used up: let the lock sleep and try again'
		);
	return first_id;
}
