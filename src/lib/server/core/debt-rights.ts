import { sql, type Expression, type Selectable, type SqlBool } from 'kysely';
import type { OwedRight, ProvenRight } from '../../api/app/debt.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import type { Db } from '../db/connect.ts';
import type { LockTable } from '../db/tables.ts';
import { DAY } from '../lease.ts';

/** How long what was proven is told, and how much of it. */
const LATELY = 7 * DAY;
const SHOWN = 30;

/** As the index has it: no value of a parameter is known when it is chosen. */
export function owedSlot(): Expression<SqlBool> {
	return sql`(state = 'revoking' or next_issue is not null or wanted_issue is not null)`;
}

/** As the index has it. */
export function owedCode(): Expression<SqlBool> {
	return sql`state = 'revoking'`;
}

/** One right that a lock owes, and whether the set that is under way to the lock takes it off. */
export interface Owed {
	lockId: string;
	carried: boolean;
	right: OwedRight;
}

/** What each of these locks owes, the oldest first. */
export async function rightsOf(
	db: Db,
	locks: readonly Pick<Selectable<LockTable>, 'id' | 'unknown_since' | 'slot_reset'>[]
): Promise<Owed[]> {
	const ids = locks.map(({ id }) => id);
	const unknown = locks.flatMap(({ id, unknown_since, slot_reset }): Owed[] => {
		if (unknown_since === null) return [];
		const right = { ...NOBODY, kind: 'unknown', reason: 'unknown', since: unknown_since } as const;
		return [{ lockId: id, carried: slot_reset === 0, right }];
	});
	const all = [...unknown, ...(await owedSlots(db, ids)), ...(await owedCodes(db, ids))];
	return all.sort((a, b) => a.right.since - b.right.since);
}

const NOBODY = { name: '', on: null, lost: false, until: null, wipedAt: null, heardAt: null };

async function owedSlots(db: Db, lockIds: readonly string[]): Promise<Owed[]> {
	const rows = await named(db)
		.select(['slot.lock_id', 'slot.state', 'slot.issued_at', 'slot.revoked_at', 'slot.replaced_at'])
		.select(['slot.until_s', 'slot.next_until_s', 'slot.wiped_at', 'slot.frozen'])
		.select(['slot.wanted_issue', 'phone.last_contact_at', 'fob.synced_at', 'fob.lost_at'])
		.select((e) =>
			e
				.selectFrom('fob_credential')
				.select((c) => c.fn.max('off_at').as('off_at'))
				.whereRef('fob_credential.lock_id', '=', 'slot.lock_id')
				.whereRef('fob_credential.slot', '=', 'slot.slot')
				.whereRef('fob_credential.issued_at', '=', 'slot.issued_at')
				.as('fob_off_at')
		)
		.where('slot.lock_id', 'in', lockIds)
		.where(owedSlot())
		// Rights of one moment keep their order, on every database.
		.orderBy('slot.slot')
		.execute();
	return rows.map((row) => {
		const revoked = row.state === 'revoking';
		const since = row.revoked_at ?? row.replaced_at ?? row.issued_at;
		const until = Math.max(row.until_s, row.next_until_s ?? 0);
		const right: OwedRight = {
			kind: row.holder,
			reason: revoked ? 'revoked' : 'replaced',
			...whose(row),
			lost: row.lost_at !== null,
			since,
			until: until >= FOR_EVER ? null : until * 1000,
			wipedAt: revoked ? (row.wiped_at ?? row.fob_off_at) : null,
			heardAt: row.last_contact_at ?? row.synced_at
		};
		const carried = row.frozen !== null && row.wanted_issue === null;
		return { lockId: row.lock_id, carried, right };
	});
}

async function owedCodes(db: Db, lockIds: readonly string[]): Promise<Owed[]> {
	const rows = await db
		.selectFrom('quick_click')
		.select(['lock_id', 'code', 'name', 'frozen', 'issued_at', 'revoked_at'])
		.where('lock_id', 'in', lockIds)
		.where(owedCode())
		.orderBy('code')
		.execute();
	return rows.map(({ lock_id, code, name, frozen, issued_at, revoked_at }) => ({
		lockId: lock_id,
		carried: frozen !== null,
		right: {
			...NOBODY,
			kind: 'quick-click',
			reason: 'revoked',
			name: name || code,
			since: revoked_at ?? issued_at
		}
	}));
}

/** What locks have proven to be gone in the last days, the newest first. */
export async function provenLately(db: Db, companyId: string, now: number): Promise<ProvenRight[]> {
	const slots = await named(db)
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['lock.mac', 'lock.name as lock_name', 'slot.revoked_at', 'slot.off_at'])
		.where('slot.company_id', '=', companyId)
		.where('slot.state', '=', 'off')
		.where('slot.off_at', '>', now - LATELY)
		// One that never was on its way to the lock needed no proof.
		.whereRef('slot.off_at', '>', 'slot.revoked_at')
		.orderBy('slot.off_at', 'desc')
		.limit(SHOWN)
		.execute();
	const codes = await db
		.selectFrom('quick_click')
		.innerJoin('lock', 'lock.id', 'quick_click.lock_id')
		.select(['lock.mac', 'lock.name as lock_name', 'code'])
		.select('quick_click.name as code_name')
		.select(['quick_click.revoked_at', 'quick_click.off_at'])
		.where('quick_click.company_id', '=', companyId)
		.where('quick_click.state', '=', 'off')
		.where('quick_click.off_at', '>', now - LATELY)
		.whereRef('quick_click.off_at', '>', 'quick_click.revoked_at')
		.orderBy('quick_click.off_at', 'desc')
		.limit(SHOWN)
		.execute();
	const all: ProvenRight[] = [
		...slots.map((row) => ({ kind: row.holder, ...whose(row), ...proofOf(row) })),
		...codes.map((row) => ({
			kind: 'quick-click' as const,
			name: row.code_name || row.code,
			on: null,
			...proofOf(row)
		}))
	];
	return all.sort((a, b) => b.provenAt - a.provenAt).slice(0, SHOWN);
}

/** Slots with the names of who holds them. */
function named(db: Db) {
	return db
		.selectFrom('slot')
		.leftJoin('user', 'user.id', 'slot.user_id')
		.leftJoin('phone', (join) =>
			join
				.onRef('phone.company_id', '=', 'slot.company_id')
				.onRef('phone.user_id', '=', 'slot.user_id')
				.onRef('phone.id', '=', 'slot.phone_id')
		)
		.leftJoin('fob', 'fob.id', 'slot.fob_id')
		.select(['slot.holder', 'slot.tracking_key'])
		.select(['user.name as user_name', 'phone.name as phone_name', 'fob.name as fob_name']);
}

interface Names {
	tracking_key: string;
	user_name: string | null;
	phone_name: string | null;
	fob_name: string | null;
}

function whose({ tracking_key, user_name, phone_name, fob_name }: Names) {
	return { name: fob_name ?? user_name ?? tracking_key, on: phone_name };
}

function proofOf(row: {
	mac: string;
	lock_name: string;
	revoked_at: number | null;
	off_at: number | null;
}) {
	const { mac, lock_name: lockName, revoked_at, off_at } = row;
	return { mac, lockName, revokedAt: revoked_at ?? 0, provenAt: off_at ?? 0 };
}
