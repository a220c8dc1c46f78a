import type { EkeyEnd } from '../../api/app/ekeys.ts';
import { ONCE } from '../../protocol/ttlock/offline.ts';
import type { Db } from '../db/connect.ts';
import { leaseDays, leaseEnd } from '../lease.ts';
import { periodOf, type EkeyRow } from './doors.ts';
import { windowEnd } from './periods.ts';

/**
 * What taking this eKey away comes to. Nothing is told to the lock: what a phone has without signal it
 * keeps until its lease or its window ends, and an app that fetched lockData keeps that.
 * @param key as it was before
 */
export async function endOf(db: Db, companyId: string, key: EkeyRow): Promise<EkeyEnd> {
	const account = await db
		.selectFrom('sifely_account')
		.select(['user_id', 'password_hash'])
		.where('id', '=', key.account_id)
		.executeTakeFirst();
	const now = Date.now();
	// One that was frozen may lie in a phone that has not heard of it; one that was reset the lock refuses.
	const end = windowEnd(periodOf(key));
	const isUsed = key.used_at !== null && key.end_date === ONCE && key.recurrence === null;
	const isDead = key.state === 'reset' || isUsed || end <= now;
	const mayOpen = account?.user_id != null && !isDead;
	const lease = leaseEnd(await leaseDays(db, companyId), now);
	return {
		offlineUntil: mayOpen ? Math.min(lease, end) : null,
		leftHasp: account?.password_hash != null && key.state !== 'reset'
	};
}
