import type { Fob, FobLock, FobReply } from '../../api/app/fobs.ts';
import type { Db } from '../db/connect.ts';
import { findFob, type FobRow } from '../fobs.ts';
import { DAY } from '../lease.ts';
import type { Member } from '../people/identity.ts';
import { statusOf } from './fob-calls.ts';

/** Locks that went off a fob are listed for this long. */
const KEPT = 30 * DAY;

type Counts = Pick<Fob, 'locks' | 'synced' | 'pending' | 'revoking' | 'stillOpens'>;

const NONE: Counts = { locks: 0, synced: 0, pending: 0, revoking: 0, stillOpens: 0 };

/** Every fob of the company, by name. */
export async function listFobs(db: Db, { company }: Member): Promise<Fob[]> {
	const rows = await db
		.selectFrom('fob')
		.selectAll()
		.where('company_id', '=', company.id)
		.orderBy('name')
		.orderBy('id')
		.execute();
	const counts = await countsOf(db, company.id);
	return rows.map((row) => toFob(row, counts.get(row.id) ?? NONE));
}

/** One fob, and its locks. Throws ServerError `not-found`. */
export async function showFob(
	db: Db,
	{ company }: Member,
	mac: string,
	now: number = Date.now()
): Promise<FobReply> {
	const row = await findFob(db, company.id, mac);
	const counts = await countsOf(db, company.id, row.id);
	return { fob: toFob(row, counts.get(row.id) ?? NONE), locks: await locksOf(db, row, now) };
}

/** Counted in the database: a company may have many fobs, each with a hundred locks. */
async function countsOf(db: Db, companyId: string, fobId?: string): Promise<Map<string, Counts>> {
	let held = db
		.selectFrom('fob_credential')
		.innerJoin('fob', 'fob.id', 'fob_credential.fob_id')
		.select('fob_id')
		.select((e) => [
			e.fn.countAll<number>().as('all'),
			e.fn.countAll<number>().filterWhere('state', '=', 'revoking').as('revoking'),
			e.fn
				.countAll<number>()
				.filterWhere('state', '=', 'on-lock')
				.filterWhere('next_issue', 'is', null)
				.filterWhere('wanted_issue', 'is', null)
				.as('synced')
		])
		.where('fob.company_id', '=', companyId)
		.where('state', '!=', 'off')
		.groupBy('fob_id');
	let owed = db
		.selectFrom('slot')
		.innerJoin('fob', 'fob.id', 'slot.fob_id')
		.select(['fob_id', (e) => e.fn.countAll<number>().as('stillOpens')])
		.where('fob.company_id', '=', companyId)
		.where('fob_id', 'is not', null)
		.where('state', '=', 'revoking')
		.groupBy('fob_id');
	if (fobId !== undefined) {
		held = held.where('fob_id', '=', fobId);
		owed = owed.where('fob_id', '=', fobId);
	}
	const counts = new Map<string, Counts>();
	for (const { fob_id, all, revoking, synced } of await held.execute()) {
		const locks = all - revoking;
		counts.set(fob_id, { ...NONE, locks, synced, pending: locks - synced, revoking });
	}
	for (const { fob_id, stillOpens } of await owed.execute())
		if (fob_id !== null) counts.set(fob_id, { ...(counts.get(fob_id) ?? NONE), stillOpens });
	return counts;
}

function toFob(row: FobRow, counts: Counts): Fob {
	const { mac, name, serial, environment, battery_mv, battery_at } = row;
	const isRead = battery_mv !== null && battery_at !== null;
	return {
		mac,
		name,
		serial,
		environment,
		battery: isRead ? { millivolts: battery_mv, at: battery_at } : null,
		syncedAt: row.synced_at,
		lostAt: row.lost_at,
		...counts
	};
}

/** What the fob has and what the lock has, side by side: the two were issued at one moment. */
async function locksOf(db: Db, fob: FobRow, now: number): Promise<FobLock[]> {
	const slots = await db
		.selectFrom('slot')
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['lock.mac', 'lock.name', 'lock.place', 'slot.lock_id', 'slot.slot', 'slot.state'])
		.select(['slot.issued_at', 'slot.proven_at', 'slot.revoked_at', 'slot.off_at'])
		.where('slot.fob_id', '=', fob.id)
		.execute();
	const credentials = await db
		.selectFrom('fob_credential')
		.selectAll()
		.where('fob_id', '=', fob.id)
		.execute();
	const keyOf = (row: { lock_id: string; slot: number; issued_at: number }) =>
		`${row.lock_id} ${row.slot} ${row.issued_at}`;
	const held = new Map(credentials.map((row) => [keyOf(row), row]));
	const all = slots.flatMap((row): FobLock[] => {
		const credential = held.get(keyOf(row));
		const onFob = credential && credential.state !== 'off' ? statusOf(credential) : 'off';
		const endedAt = Math.max(row.off_at ?? 0, credential?.off_at ?? 0);
		const isOff = row.state === 'off' && onFob === 'off';
		if (isOff && endedAt <= now - KEPT) return [];
		const { mac, name, place, slot } = row;
		return [
			{
				mac,
				name,
				place,
				slot,
				onFob,
				onLock: row.state,
				issuedAt: row.issued_at,
				syncedAt: credential?.proven_at ?? null,
				revokedAt: row.revoked_at,
				provenAt: row.proven_at,
				offAt: row.off_at
			}
		];
	});
	const isOff = ({ onFob, onLock }: FobLock) => Number(onFob === 'off' && onLock === 'off');
	return all.sort(
		(a, b) => isOff(a) - isOff(b) || a.name.localeCompare(b.name, 'en') || b.issuedAt - a.issuedAt
	);
}
