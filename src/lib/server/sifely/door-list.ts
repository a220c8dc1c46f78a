import { sql } from 'kysely';
import type { Door, DoorsReply } from '../../api/app/doors.ts';
import type { Db } from '../db/connect.ts';
import { MOST_LOCKS } from '../lock-list.ts';
import { isManager, type Member } from '../people/identity.ts';
import { batteryOf, periodOf, type DoorRow } from './doors.ts';
import { holderOf, opensNow, type PersonDoor } from './doors-for-people.ts';

/** Where a list of door locks goes on: after this one, in the order of the list. */
export type AfterDoor = Pick<Door, 'name' | 'id'>;

/**
 * The door locks a person sees, by name, at most 1000: all for managers, else those of their eKeys.
 * Behind them, for managers, those of which they have an eKey all the same. `total` counts all.
 */
export async function listPersonDoors(db: Db, who: Member): Promise<DoorsReply> {
	const doors = await doorsAfter(db, who, null, MOST_LOCKS);
	if (doors.length < MOST_LOCKS) return { doors, total: doors.length };
	const { uid } = await holderOf(db, who);
	const rows = await seen(db, who, uid)
		.selectAll()
		.where(behind(doors.at(-1)!))
		.where('id', 'in', lentTo(db, uid))
		.orderBy('alias')
		.orderBy('id')
		.limit(MOST_LOCKS)
		.execute();
	const { total } = await seen(db, who, uid)
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	return { doors: [...doors, ...(await toDoors(db, who, uid, rows))], total };
}

/** One of them, or none. */
export async function findPersonDoor(db: Db, who: Member, id: number): Promise<DoorsReply> {
	const { uid } = await holderOf(db, who);
	const rows = await seen(db, who, uid).selectAll().where('id', '=', id).execute();
	return { doors: await toDoors(db, who, uid, rows), total: rows.length };
}

/** The next door locks of that list. */
export async function doorsAfter(
	db: Db,
	who: Member,
	after: AfterDoor | null,
	limit: number
): Promise<Door[]> {
	const { uid } = await holderOf(db, who);
	let query = seen(db, who, uid).selectAll();
	if (after !== null) query = query.where(behind(after));
	const rows = await query.orderBy('alias').orderBy('id').limit(limit).execute();
	return toDoors(db, who, uid, rows);
}

/** How many passcodes each of these locks has still to be told of, where it is any. */
export async function waitingAt(db: Db, ids: readonly number[]): Promise<Map<number, number>> {
	if (ids.length === 0) return new Map();
	const rows = await db
		.selectFrom('passcode')
		.select((e) => ['lock_id', e.fn.countAll<number>().as('waiting')])
		.where('lock_id', 'in', ids)
		.where('waits', 'is not', null)
		.groupBy('lock_id')
		.execute();
	return new Map(rows.map(({ lock_id, waiting }) => [lock_id, waiting]));
}

function seen(db: Db, { company }: Member, uid: number) {
	const query = db.selectFrom('door_lock').where('company_id', '=', company.id);
	if (isManager(company.role)) return query;
	return query.where('id', 'in', lentTo(db, uid));
}

/** The locks of which an account has an eKey. */
function lentTo(db: Db, uid: number) {
	return db
		.selectFrom('ekey')
		.select('lock_id')
		.where('account_id', '=', uid)
		.where('state', '<>', 'deleted');
}

function behind({ name, id }: AfterDoor) {
	return sql<boolean>`(alias, id) > (${name}, ${id})`;
}

async function toDoors(
	db: Db,
	who: Member,
	uid: number,
	locks: readonly DoorRow[]
): Promise<Door[]> {
	if (locks.length === 0) return [];
	const keys = await db
		.selectFrom('ekey')
		.selectAll()
		.where('account_id', '=', uid)
		.where(
			'lock_id',
			'in',
			locks.map(({ id }) => id)
		)
		.where('state', '<>', 'deleted')
		.execute();
	const mine = new Map(keys.map((key) => [key.lock_id, key]));
	const now = Date.now();
	return locks.map((lock) =>
		toDoor({ lock, key: mine.get(lock.id), isManager: isManager(who.company.role) }, now)
	);
}

function toDoor(door: PersonDoor, now: number): Door {
	const { lock, key } = door;
	const opens = opensNow(door, now);
	const administers = key?.kind === 'admin' || (key?.key_right === 1 && opens === 'now');
	return {
		id: lock.id,
		name: lock.alias,
		mac: lock.mac,
		deviceName: lock.name,
		timezoneOffset: lock.timezone_offset,
		battery: batteryOf(lock),
		manages: door.isManager || administers,
		opens,
		ekey: key === undefined ? null : { id: key.id, kind: key.kind, ...periodOf(key) }
	};
}
