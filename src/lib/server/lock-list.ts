import { sql, type Selectable } from 'kysely';
import type { Lock, LocksReply } from '../api/app/locks.ts';
import { kindOf } from '../protocol/noke/profile.ts';
import type { Db } from './db/connect.ts';
import type { Alarm, LockTable } from './db/tables.ts';
import { isManager, type Member } from './people/identity.ts';
import { explicitLockOf, SETTINGS_COLUMNS } from './settings.ts';

/** What a phone is given at once: a fleet of 100,000 neither fits into it nor helps there. */
export const MOST_LOCKS = 1000;

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

type Shown = Pick<Selectable<LockTable>, Exclude<(typeof SHOWN)[number], 'lock.id'> | 'id'>;

/** Where a list of locks goes on: after this one, in the order of the list. */
export type AfterLock = Pick<Lock, 'name' | 'mac'>;

/**
 * The locks a person sees, by name, at most 1000: all for owner and admin, the granted ones for a
 * member. Behind them those of which a phone of theirs has a key, so that it opens them offline.
 * `total` counts all.
 */
export async function listLocks(db: Db, who: Member): Promise<LocksReply> {
	const locks = await locksAfter(db, who, null, MOST_LOCKS);
	if (locks.length < MOST_LOCKS) return { locks, total: locks.length };
	const { name, mac } = locks.at(-1)!;
	const keyed = await seen(db, who)
		.select(SHOWN)
		.where(behind({ name, mac }))
		.where('lock.id', 'in', (e) =>
			e
				.selectFrom('slot')
				.select('lock_id')
				.where('slot.user_id', '=', who.userId)
				.where('slot.company_id', '=', who.company.id)
				.where('slot.state', 'in', ['waiting', 'on-lock'])
		)
		.orderBy('name')
		.orderBy('mac')
		.limit(MOST_LOCKS)
		.execute();
	const { total } = await seen(db, who)
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	return { locks: [...locks, ...keyed.map(toLock)], total };
}

/** The next locks of that list. */
export async function locksAfter(
	db: Db,
	who: Member,
	after: AfterLock | null,
	limit: number
): Promise<Lock[]> {
	let query = seen(db, who).select(SHOWN);
	if (after !== null) query = query.where(behind(after));
	const rows = await query.orderBy('name').orderBy('mac').limit(limit).execute();
	return rows.map(toLock);
}

function seen(db: Db, { company, userId }: Member) {
	const query = db.selectFrom('lock').where('lock.company_id', '=', company.id);
	if (isManager(company.role)) return query;
	return query.where('lock.id', 'in', (e) =>
		e
			.selectFrom('grant')
			.select('lock_id')
			.where('grant.company_id', '=', company.id)
			.where('grant.user_id', '=', userId)
	);
}

function behind({ name, mac }: AfterLock) {
	return sql<boolean>`(name, mac) > (${name}, ${mac})`;
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
