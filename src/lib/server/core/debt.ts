import { sql, type ExpressionBuilder } from 'kysely';
import type { DebtReply, Stop } from '../../api/app/debt.ts';
import type { Db } from '../db/connect.ts';
import type { Tables } from '../db/tables.ts';
import { owedCode, owedSlot, provenLately, rightsOf, type Owed } from './debt-rights.ts';

/** Locks of one page. */
const STOPS = 50;

/** One row for each right that opens one of the company's locks and should not: indexes hold these alone. */
function owed(e: ExpressionBuilder<Tables, never>, companyId: string) {
	const slots = e
		.selectFrom('slot')
		.select(['lock_id', (c) => c.fn.coalesce('revoked_at', 'replaced_at', 'issued_at').as('since')])
		.where('company_id', '=', companyId)
		.where(owedSlot());
	const codes = e
		.selectFrom('quick_click')
		.select(['lock_id', (c) => c.fn.coalesce('revoked_at', 'issued_at').as('since')])
		.where('company_id', '=', companyId)
		.where(owedCode());
	const unknown = e
		.selectFrom('lock')
		.select(['id as lock_id', (c) => c.fn.coalesce('unknown_since', 'created_at').as('since')])
		.where('company_id', '=', companyId)
		.where(sql<boolean>`unknown_since is not null`);
	return slots.unionAll(codes).unionAll(unknown).as('owed');
}

/**
 * What is revoked, or replaced, or forgotten by a restore, and still opens a lock of the company:
 * by the lock that has to be visited, the oldest first. One online opening of each, by anyone,
 * clears it; where another set of changes is on its way already, the second.
 * @param cursor `next` of the page before
 */
export async function debtOf(
	db: Db,
	companyId: string,
	cursor?: string,
	now: number = Date.now()
): Promise<DebtReply> {
	const found = await page(db, companyId, cursor);
	const shown = found.slice(0, STOPS);
	const last = shown.at(-1);
	return {
		rights: found[0]?.rights ?? 0,
		locks: found[0]?.locks ?? 0,
		stops: await stopsOf(db, shown),
		next: found.length > STOPS && last ? `${last.since}.${last.lock_id}` : null,
		proven: cursor === undefined ? await provenLately(db, companyId, now) : []
	};
}

/** One page, with what there is altogether: it is counted in the same pass. */
async function page(db: Db, companyId: string, cursor: string | undefined) {
	let query = db
		.selectFrom((e) =>
			e
				.selectFrom((c) => owed(c, companyId))
				.select((c) => ['lock_id', c.fn.min<number>('since').as('since')])
				.select([
					sql<number>`count(*) over ()`.as('locks'),
					sql<number>`sum(count(*)) over ()`.as('rights')
				])
				.groupBy('lock_id')
				.as('stop')
		)
		.selectAll()
		.orderBy('since')
		.orderBy('lock_id')
		.limit(STOPS + 1);
	if (cursor !== undefined) {
		const [since, id] = cursor.split('.') as [string, string];
		query = query.where((e) =>
			e.or([
				e('since', '>', Number(since)),
				e.and([e('since', '=', Number(since)), e('lock_id', '>', id)])
			])
		);
	}
	return query.execute();
}

/** In the order of the ids; locks that owe nothing any more are left out. */
async function stopsOf(db: Db, some: readonly { lock_id: string }[]): Promise<Stop[]> {
	const ids = some.map(({ lock_id }) => lock_id);
	if (ids.length === 0) return [];
	const locks = await db
		.selectFrom('lock')
		.select(['id', 'mac', 'name', 'place', 'phase', 'unknown_since', 'slot_reset'])
		.where('id', 'in', ids)
		.execute();
	const rights = Map.groupBy(await rightsOf(db, locks), ({ lockId }) => lockId);
	const known = new Map(locks.map((lock) => [lock.id, lock]));
	return ids.flatMap((id) => {
		const lock = known.get(id);
		const owes = rights.get(id) ?? [];
		if (lock === undefined || owes.length === 0) return [];
		const { mac, name, place, phase } = lock;
		const since = Math.min(...owes.map(({ right }) => right.since));
		const openings = phase === 'recover' || (phase === 'offered' && owes.some(isLater)) ? 2 : 1;
		return { mac, name, place, since, openings, rights: owes.map(({ right }) => right) };
	});
}

/** The set that is under way to the lock does not carry it. */
function isLater({ carried }: Owed): boolean {
	return !carried;
}
