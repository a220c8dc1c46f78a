import type { Updateable } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import type { LockTable } from '../db/tables.ts';
import { proveChanges } from '../lock-sets.ts';
import { believeLock } from '../settings.ts';
import { again } from './again.ts';
import { claimOpenings, type PhoneOpening } from './claims.ts';
import { CoreError } from './error.ts';
import { hearFob } from './fob-hear.ts';
import type { Core, Scope } from './issue.ts';
import { countUses } from './uses.ts';
import { learn, logOf, type FreshEvent } from './learn.ts';
import { quarantine } from './quarantine.ts';
import { lockOf, portions, read, type ActivityRow, type LockRow, type Reading } from './read.ts';
import { cipheredPart, oldestKept, type Delivery, type Said } from './said.ts';

/** SQLite and PostgreSQL bound the values of one statement. */
const ROWS = 500;
/** Counters read at once; more than a lock keeps. */
const HELD = 1000;

/**
 * Takes in what one lock, or fob, said: proofs, acknowledgements, battery and log, each once however
 * often and in whatever order it comes. What no key opens goes to quarantine. Packets are deciphered
 * before the transaction, which only writes. `claim` runs first in it. Returns how many packets no
 * key opened; null, and writes nothing, when neither a lock nor a fob of this scope has this MAC.
 * Throws CoreError `moved`, and what `claim` throws.
 */
export async function hear(
	{ db, secret }: Core,
	scope: Scope,
	mac: string,
	deliveries: readonly Delivery[],
	now: number,
	claim: (trx: Db) => Promise<void> = () => Promise.resolve()
): Promise<number | null> {
	return again('moved', async () => {
		const row = await lockOf(db, scope, mac);
		if (row === undefined) return hearFob({ db, secret }, scope, mac, deliveries, now, claim);
		const reading = await read({ db, secret }, row, deliveries, now);
		await db.transaction().execute(async (trx) => {
			await claim(trx);
			await write(trx, reading, now);
		});
		return reading.unknown.reduce((sum, { packets }) => sum + packets.length, 0);
	});
}

async function write(trx: Db, reading: Reading, now: number): Promise<void> {
	const { said, unknown, events } = reading;
	const row = await hold(trx, reading.row);
	// The epochs that were tried may no longer be the right ones.
	if (unknown.length > 0 && !sameKeys(row, reading.row))
		throw new CoreError('moved', 'The lock changed meanwhile');
	const fresh = await insertEvents(trx, row, events, now);
	const changes: Updateable<LockTable> = { ...learn(row, said, fresh) };
	// A set that is offered ends by its proof and by nothing else.
	if (changes.phase === 'steady' && row.phase === 'offered')
		Object.assign(changes, await proveChanges(trx, row, row.pending ?? 0, now));
	const { active = row.active, settings_state, settings_flags } = changes;
	const settings = {
		settings_state: settings_state ?? row.settings_state,
		settings_flags: settings_flags ?? row.settings_flags
	};
	Object.assign(changes, believeLock({ active, ...settings }, said));
	if (row.quick_clicks_used > 0)
		Object.assign(changes, await countUses(trx, row, active, said, fresh));
	const log = await logFor(trx, row, said, fresh);
	if (Object.keys(changes).length > 0 || log !== null) {
		await trx
			.updateTable('lock')
			.set({ ...changes, ...log })
			.where('id', '=', row.id)
			.execute();
	}
	for (const [id, heard] of ordinalsOf(said)) {
		await trx
			.updateTable('issued')
			.set({ heard })
			.where('id', '=', id)
			.where((e) => e.or([e('heard', 'is', null), e('heard', '<', heard)]))
			.execute();
	}
	await quarantine(trx, row.company_id, unknown, now);
}

/** The row as it is now, held until the transaction ends: an update locks it on both databases. */
async function hold(trx: Db, { id }: LockRow): Promise<LockRow> {
	const row = await trx
		.updateTable('lock')
		.set((e) => ({ active: e.ref('active') }))
		.where('id', '=', id)
		.returningAll()
		.executeTakeFirst();
	if (row === undefined) throw new CoreError('moved', 'The lock was removed meanwhile');
	return row;
}

function sameKeys(a: LockRow, b: LockRow): boolean {
	return a.phase === b.phase && a.active === b.active && a.pending === b.pending && a.gen === b.gen;
}

async function insertEvents(
	trx: Db,
	row: LockRow,
	events: readonly ActivityRow[],
	now: number
): Promise<ActivityRow[]> {
	const inserted = new Set<number | null>();
	const openings: PhoneOpening[] = [];
	let order = 0;
	for (const some of portions(events, ROWS)) {
		const values = some.map(({ event, start, end, trackingKey, holder }) => {
			const byPhone = event.action === 'unlocked' && holder?.holder === 'phone';
			return {
				// Events of one upload have one time of receipt: their ids keep the lock's order.
				id: newId(now + order++),
				company_id: row.company_id,
				environment: row.environment,
				lock_id: row.id,
				action: event.action,
				gen: row.gen,
				counter: event.counter,
				recorded_at: event.recordedAt,
				range_start: start,
				range_end: end,
				tracking_key: trackingKey,
				slot: event.slot,
				issue: holder?.issue ?? null,
				claimed: byPhone ? 0 : null,
				session: byPhone && event.own ? cipheredPart(event.session) : null
			};
		});
		const rows = await trx
			.insertInto('activity')
			.values(values)
			.onConflict((conflict) => conflict.columns(['lock_id', 'gen', 'counter']).doNothing())
			.returning(['id', 'counter', 'claimed', 'session'])
			.execute();
		const byCounter = new Map(rows.map((one) => [one.counter, one]));
		// A database returns them in any order.
		for (const { event, start, end, holder } of some) {
			const stored = byCounter.get(event.counter);
			if (stored === undefined) continue;
			inserted.add(event.counter);
			const userId = holder?.user_id;
			const { id, claimed, session } = stored;
			if (claimed === null || !userId) continue;
			openings.push({ id, slot: event.slot ?? 0, userId, start, end, session });
		}
	}
	await claimOpenings(trx, row.id, openings);
	return events.filter(({ counter }) => inserted.has(counter));
}

async function logFor(
	trx: Db,
	row: LockRow,
	said: readonly Said[],
	fresh: readonly FreshEvent[]
): Promise<Pick<LockTable, 'log_cursor' | 'log_seen'> | null> {
	const oldest = oldestKept(said);
	const more = said.some(({ acknowledgement }) => acknowledgement?.moreRecords);
	if (fresh.length === 0 && oldest === null && !more) return null;
	const cursor = Math.max(row.log_cursor, (oldest ?? 0) - 1);
	const counters: number[] = [];
	for (let after = cursor, some = HELD; some === HELD && after === cursor + counters.length;) {
		const held = await trx
			.selectFrom('activity')
			.select('counter')
			.where('lock_id', '=', row.id)
			.where('gen', '=', row.gen)
			.where('counter', '>', after)
			.orderBy('counter')
			.limit(HELD)
			.execute();
		counters.push(...held.map(({ counter }) => counter ?? 0));
		some = held.length;
		after = counters.at(-1) ?? after;
	}
	return logOf(row, said, fresh, { held: counters, oldest });
}

/** The highest ordinal heard for each of our commands, where it is new. */
function ordinalsOf(said: readonly Said[]): Map<string, number> {
	const heard = new Map<string, number>();
	for (const { issued, packet } of said) {
		if (issued === null) continue;
		const before = heard.get(issued.id) ?? issued.heard ?? -1;
		if (packet.ordinal > before) heard.set(issued.id, packet.ordinal);
	}
	return heard;
}
