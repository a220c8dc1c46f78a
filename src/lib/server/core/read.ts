import type { Selectable } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { LockTable } from '../db/tables.ts';
import { eventsOf, issuedBetween, issuedIn, rangesOf, type LockEvent } from './events.ts';
import { codeNameAt, codesOf, holderAt, holdersOf, type Holder } from './holders.ts';
import type { Core, Scope } from './issue.ts';
import { keysOf } from './keys.ts';
import { REFERENCED } from './packets.ts';
import type { FreshEvent } from './learn.ts';
import type { Unknown } from './quarantine.ts';
import { cipheredPart, listen, type Delivery, type IssuedRow, type Said } from './said.ts';
import { packetEpochs } from './sync.ts';
import { syncOf } from './sync-columns.ts';

export type LockRow = Selectable<LockTable>;
export type ActivityRow = FreshEvent & { event: LockEvent; holder: Holder | null };

/** What one lock said, read and attributed, before anything is written. */
export interface Reading {
	/** The lock as it was when this was read. */
	row: LockRow;
	said: Said[];
	unknown: Unknown[];
	/** Records that are not in the activity yet, in the lock's order. */
	events: ActivityRow[];
}

/** SQLite and PostgreSQL bound the values of one statement. */
const ROWS = 500;
/** Packets deciphered in one go, about 20 ms at the worst. */
const AT_ONCE = 100;

/** The lock of this MAC in this scope. */
export async function lockOf(db: Db, scope: Scope, mac: string): Promise<LockRow | undefined> {
	let query = db
		.selectFrom('lock')
		.selectAll()
		.where('company_id', '=', scope.companyId)
		.where('mac', '=', mac);
	if (scope.environment !== undefined) query = query.where('environment', '=', scope.environment);
	return query.executeTakeFirst();
}

/** Deciphers what a lock said and finds out who opened, and when; writes nothing. */
export async function read(
	{ db, secret }: Core,
	row: LockRow,
	deliveries: readonly Delivery[],
	now: number
): Promise<Reading> {
	const keys = keysOf(secret, row);
	const epochs = packetEpochs(syncOf(row));
	const issued = await issuedFor(db, row.id, deliveries);
	const said: Said[] = [];
	const unknown: Unknown[] = [];
	for (const delivery of deliveries) {
		const mine = issued.filter(({ session }) => session === cipheredPart(delivery.session));
		for (const packets of portions(delivery.packets, AT_ONCE)) {
			const part = { ...delivery, packets };
			const heard = listen(part, { keys, epochs, issued: mine, now });
			said.push(...heard.said);
			if (heard.unknown.length > 0)
				unknown.push({ ...delivery, mac: row.mac, packets: heard.unknown });
			// A large upload must not keep all others waiting.
			if (packets.length === AT_ONCE) await new Promise((resolve) => setImmediate(resolve));
		}
	}
	const events = eventsOf(said, { since: row.created_at, now });
	return { row, said, unknown, events: await attribute(db, row, events, issued) };
}

async function issuedFor(
	db: Db,
	lockId: string,
	deliveries: readonly Delivery[]
): Promise<IssuedRow[]> {
	return db
		.selectFrom('issued')
		.select([
			'id',
			'session',
			'first_id',
			'last_id',
			'reference',
			'action',
			'tracking_key',
			'at',
			'recovery',
			'heard'
		])
		.where('lock_id', '=', lockId)
		.where('session', 'in', [...new Set(deliveries.map(({ session }) => cipheredPart(session)))])
		.orderBy('first_id')
		.execute();
}

/** Adds to the events that are new who opened, and when. */
async function attribute(
	db: Db,
	row: LockRow,
	events: readonly LockEvent[],
	issued: readonly IssuedRow[]
): Promise<ActivityRow[]> {
	const known = await countersOf(db, row, events);
	const fresh = events.filter(({ counter }) => !known.has(counter));
	if (fresh.length === 0) return [];
	const ranges = rangesOf(fresh, await earliestOf(db, row, fresh[0]!));
	const slots = new Set(fresh.flatMap(({ slot }) => slot ?? []));
	const holders = await holdersOf(db, row.id, [...slots]);
	const positions = new Set(fresh.flatMap(({ position }) => position ?? []));
	const codes = await codesOf(db, row.id, [...positions]);
	const rows: ActivityRow[] = [];
	for (const [i, event] of fresh.entries()) {
		const { counter, session, state, reference, doubtful, slot, position } = event;
		const range = ranges[i]!;
		const holder = slot === null ? null : holderAt(holders, slot, range);
		const codeName = position === null ? null : codeNameAt(codes, position, range);
		const own = reference === null ? undefined : issuedIn(event, issued);
		const trackingKey =
			own !== undefined || reference === null || doubtful
				? (own?.tracking_key ?? holder?.tracking_key ?? codeName)
				: await trackingKeyOf(db, row.id, reference, event);
		rows.push({ counter, session, state, trackingKey, ...range, event, holder });
	}
	return rows;
}

async function countersOf(
	db: Db,
	row: LockRow,
	events: readonly LockEvent[]
): Promise<Set<number>> {
	const known = new Set<number>();
	for (const some of portions(events, ROWS)) {
		const found = await db
			.selectFrom('activity')
			.select('counter')
			.where('lock_id', '=', row.id)
			.where('gen', '=', row.gen)
			.where(
				'counter',
				'in',
				some.map(({ counter }) => counter)
			)
			.execute();
		for (const { counter } of found) if (counter !== null) known.add(counter);
	}
	return known;
}

/** Earliest moment of the event before this one. */
async function earliestOf(db: Db, row: LockRow, { time, counter }: LockEvent): Promise<number> {
	if (time !== null) return row.created_at;
	const before = await db
		.selectFrom('activity')
		.select('range_start')
		.where('lock_id', '=', row.id)
		.where('gen', '=', row.gen)
		.where('counter', '<', counter)
		.orderBy('counter', 'desc')
		.limit(1)
		.executeTakeFirst();
	return before?.range_start ?? row.created_at;
}

async function trackingKeyOf(
	db: Db,
	lockId: string,
	reference: number,
	event: LockEvent
): Promise<string | null> {
	const { from, before } = issuedBetween(event);
	const found = await db
		.selectFrom('issued')
		.select('tracking_key')
		.where('lock_id', '=', lockId)
		.where('reference', '=', reference)
		.where('action', 'in', REFERENCED)
		.where('at', '>=', from)
		.where('at', '<', before)
		.orderBy('at', 'desc')
		.limit(1)
		.executeTakeFirst();
	return found?.tracking_key ?? null;
}

/** The list in pieces of at most `size`. */
export function* portions<T>(all: readonly T[], size: number): Generator<readonly T[]> {
	for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}
