import type { LockKey, LockKeysReply, Phone } from '../../api/app/offline.ts';
import { FOR_EVER } from '../../protocol/noke/writes.ts';
import type { Db } from '../db/connect.ts';
import { DAY } from '../lease.ts';
import { findLock } from '../locks.ts';
import type { Member } from '../people/identity.ts';
import { SLOTS } from '../slots.ts';
import { takenSlots, type SlotRow } from '../slot-rows.ts';
import { isLive } from './held.ts';

/** Keys that went off are listed for this long, and this many at most. */
const KEPT = 30 * DAY;
const LATELY = 100;

/** Who holds keys of a lock, and which phones could. Throws ServerError `not-found`. */
export async function listLockKeys(
	db: Db,
	who: Member,
	mac: string,
	now: number = Date.now()
): Promise<LockKeysReply> {
	const { id } = await findLock(db, who, mac);
	const taken = await takenSlots(db, id);
	const rows = [...taken, ...(await wentOff(db, id, now - KEPT))];
	const phones = await phonesOf(db, who.company.id);
	const grants = new Set(await grantedTo(db, id));
	const holders = new Set(
		taken.filter(isLive).map(({ user_id, phone_id }) => `${user_id} ${phone_id}`)
	);
	const without = phones.filter(
		({ signedOut, isManager, userId, id: phone }) =>
			!signedOut && (isManager || grants.has(userId)) && !holders.has(`${userId} ${phone}`)
	);
	return {
		keys: rows.map((row) => toLockKey(row, phones)),
		free: SLOTS - taken.length,
		phones: without.map(toPhone)
	};
}

function wentOff(db: Db, lockId: string, since: number): Promise<SlotRow[]> {
	return db
		.selectFrom('slot')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('state', '=', 'off')
		.where('off_at', '>', since)
		.orderBy('off_at', 'desc')
		.orderBy('slot')
		.limit(LATELY)
		.execute();
}

/** Phones of the company's people, by their names. */
async function phonesOf(db: Db, companyId: string) {
	const rows = await db
		.selectFrom('phone')
		.innerJoin('user', 'user.id', 'phone.user_id')
		.innerJoin('member', (join) =>
			join
				.onRef('member.userId', '=', 'phone.user_id')
				.onRef('member.organizationId', '=', 'phone.company_id')
		)
		.select(['phone.id', 'phone.name', 'phone.user_id', 'phone.last_contact_at'])
		.select(['phone.persisted', 'phone.signed_out_at', 'user.name as userName', 'member.role'])
		.where('phone.company_id', '=', companyId)
		.orderBy('user.name')
		.orderBy('phone.last_contact_at', 'desc')
		.execute();
	return rows.map(({ user_id, last_contact_at, persisted, signed_out_at, role, ...phone }) => ({
		...phone,
		userId: user_id,
		lastContactAt: last_contact_at,
		persisted: persisted === null ? null : persisted === 1,
		signedOut: signed_out_at !== null,
		isManager: role !== 'member'
	}));
}

async function grantedTo(db: Db, lockId: string): Promise<string[]> {
	const rows = await db
		.selectFrom('grant')
		.select('user_id')
		.where('lock_id', '=', lockId)
		.execute();
	return rows.map(({ user_id }) => user_id);
}

function toPhone({ id, name, userId, userName, lastContactAt, persisted }: Phone): Phone {
	return { id, name, userId, userName, lastContactAt, persisted };
}

function toLockKey(row: SlotRow, phones: readonly Phone[]): LockKey {
	const phone = phones.find(({ id, userId }) => id === row.phone_id && userId === row.user_id);
	return {
		slot: row.slot,
		issue: row.issue,
		state: row.state,
		holder: row.holder,
		trackingKey: row.tracking_key,
		phone: phone === undefined ? null : toPhone(phone),
		issuedAt: row.issued_at,
		provenAt: row.proven_at,
		revokedAt: row.revoked_at,
		offAt: row.off_at,
		wipedAt: row.wiped_at,
		// The lock may have the next window already, and not have proven it.
		until: row.until_s === FOR_EVER ? null : Math.max(row.until_s, row.next_until_s ?? 0) * 1000
	};
}
