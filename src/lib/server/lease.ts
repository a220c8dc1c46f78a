import type { Lease } from '../api/app/offline.ts';
import { audit } from './audit.ts';
import type { Window } from './core/slot.ts';
import type { Db } from './db/connect.ts';
import type { SlotTable } from './db/slot-tables.ts';
import type { Member } from './people/identity.ts';

export const DAY = 24 * 3600 * 1000;

/** Days a phone may use its keys without a contact, unless the company chose. */
const LEASE_DAYS = 7;

/** A window on the lock is this many leases long; half of it over, it is written again. */
const LEASES = 4;

export async function leaseDays(db: Db, companyId: string): Promise<number> {
	const row = await db
		.selectFrom('company_setting')
		.select('lease_days')
		.where('company_id', '=', companyId)
		.executeTakeFirst();
	return row?.lease_days ?? LEASE_DAYS;
}

/** When a lease that begins now ends, milliseconds since 1970. */
export function leaseEnd(days: number, now: number): number {
	return now + days * DAY;
}

/** What the lock enforces for a phone's key that is written now. */
export function phoneWindow(days: number, now: number): Window {
	const length = LEASES * days * DAY;
	return { from: 0, until: Math.floor((now + length) / 1000), renewAt: now + length / 2 };
}

/** The lease counts from each phone's next contact on; windows on locks end as they were written. */
export async function setLease(db: Db, by: Member, { days }: Lease): Promise<void> {
	await db.transaction().execute(async (trx) => {
		await trx
			.insertInto('company_setting')
			.values({ company_id: by.company.id, lease_days: days })
			.onConflict((conflict) => conflict.column('company_id').doUpdateSet({ lease_days: days }))
			.execute();
		await audit(trx, by.company.id, by.userId, 'company.lease', { days });
	});
}

/** Which of these keys belong to a phone that has been in contact since then and is signed in. */
export async function renewable(
	db: Db,
	companyId: string,
	keys: readonly Pick<SlotTable, 'user_id' | 'phone_id'>[],
	since: number
): Promise<(key: Pick<SlotTable, 'user_id' | 'phone_id'>) => boolean> {
	const ids = keys.flatMap(({ phone_id }) => phone_id ?? []);
	if (ids.length === 0) return () => false;
	const phones = await db
		.selectFrom('phone')
		.select(['user_id', 'id'])
		.where('company_id', '=', companyId)
		.where('id', 'in', ids)
		.where('last_contact_at', '>=', since)
		.where('signed_out_at', 'is', null)
		.execute();
	return ({ user_id, phone_id }) =>
		phones.some((phone) => phone.user_id === user_id && phone.id === phone_id);
}
