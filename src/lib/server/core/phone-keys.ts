import {
	ISSUES_A_DAY,
	PERSON_KEYS,
	PHONE_KEYS,
	type PhoneKeyReply,
	type PhoneKeyRequest,
	type RevokeKeyReply
} from '../../api/app/offline.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { notFound, ServerError } from '../error.ts';
import { DAY, leaseDays, phoneWindow } from '../lease.ts';
import { findLock } from '../locks.ts';
import { isManager, type Member } from '../people/identity.ts';
import { holdLock, issueKeys, revokeKeys } from '../slots.ts';
import { takenSlots } from '../slot-rows.ts';
import { isLive } from './held.ts';
import { refusing } from './refuse.ts';

/**
 * Issues a key of a lock for one phone: the caller's own, or for a manager anybody's who may open
 * the lock. The phone that has one keeps it. Throws ServerError `not-found` (lock, person or
 * phone), `forbidden`, `conflict` for a full lock, a person who may not open it or who has enough
 * keys of it, `too-many` for one who asks and revokes in a circle.
 */
export async function issuePhoneKey(
	db: Db,
	who: Member,
	mac: string,
	{ phone, userId = who.userId }: PhoneKeyRequest,
	now: number = Date.now()
): Promise<PhoneKeyReply> {
	const { id: companyId, role } = who.company;
	if (userId !== who.userId && !isManager(role))
		throw new ServerError('forbidden', 'Only owners and admins may do this.');
	const work = db.transaction().execute(async (trx) => {
		const { id } = await findLock(trx, who, mac);
		const trackingKey = await holdOpener(trx, who, userId, id);
		const phoneId = await findPhone(trx, companyId, userId, phone);
		const lock = await holdLock(trx, id);
		if (lock === undefined) throw notFound();
		const key = { holder: 'phone', tracking_key: trackingKey, user_id: userId } as const;
		const window = phoneWindow(await leaseDays(trx, companyId), now);
		await allowMore(trx, id, userId, phoneId, now);
		const [row] = await issueKeys(
			trx,
			lock,
			[{ ...key, phone_id: phoneId, fob_id: null, window }],
			now
		);
		const { slot, issue, state, issued_at } = row!;
		if (issued_at === now)
			await audit(trx, companyId, who.userId, 'offline-key.issue', { mac, slot, person: userId });
		return { key: { mac, slot, issue, state: state === 'on-lock' ? state : 'waiting' } } as const;
	});
	return refusing(work);
}

/**
 * Holds what permits a person to open the lock until the transaction ends, so that it cannot be
 * withdrawn between the look and the key; returns what the lock's log names them by.
 */
async function holdOpener(
	trx: Db,
	{ company }: Member,
	userId: string,
	lockId: string
): Promise<string> {
	const member = await trx
		.updateTable('member')
		.set((e) => ({ role: e.ref('role') }))
		.where('organizationId', '=', company.id)
		.where('userId', '=', userId)
		.returning('role')
		.executeTakeFirst();
	if (member === undefined) throw notFound();
	if (!isManager(member.role)) {
		const grant = await trx
			.updateTable('grant')
			.set((e) => ({ created_at: e.ref('created_at') }))
			.where('lock_id', '=', lockId)
			.where('user_id', '=', userId)
			.returning('lock_id')
			.executeTakeFirst();
		if (grant === undefined)
			throw new ServerError('conflict', 'This person may not open the lock: grant it first.');
	}
	const { email, name } = await trx
		.selectFrom('user')
		.select(['email', 'name'])
		.where('id', '=', userId)
		.executeTakeFirstOrThrow();
	// Nobody in a demo has an address of their own.
	return company.demoEnds === null ? email : name;
}

/**
 * Phones are whatever their owner says: without a bound one person could take all slots of a lock.
 * A key that is revoked counts until the lock has let go of it.
 */
async function allowMore(
	trx: Db,
	lockId: string,
	userId: string,
	phoneId: string,
	now: number
): Promise<void> {
	const mine = (await takenSlots(trx, lockId)).filter((row) => row.user_id === userId);
	if (mine.some((row) => row.phone_id === phoneId && isLive(row))) return;
	if (mine.length >= PERSON_KEYS)
		throw new ServerError('conflict', `A person holds at most ${PERSON_KEYS} keys of one lock.`);
	const lately = await trx
		.selectFrom('slot')
		.select('issued_at')
		.where('user_id', '=', userId)
		.where('lock_id', '=', lockId)
		.where('issued_at', '>', now - DAY)
		.orderBy('issued_at', 'desc')
		.limit(ISSUES_A_DAY)
		.execute();
	const first = lately[ISSUES_A_DAY - 1];
	if (first === undefined) return;
	const retryAfter = Math.ceil((first.issued_at + DAY - now) / 1000);
	throw new ServerError('too-many', 'Too many keys of this lock in a day.', { retryAfter });
}

async function findPhone(
	trx: Db,
	companyId: string,
	userId: string,
	id: string | null
): Promise<string> {
	let query = trx
		.selectFrom('phone')
		.select('id')
		.where('company_id', '=', companyId)
		.where('user_id', '=', userId)
		.where('signed_out_at', 'is', null);
	if (id !== null) query = query.where('id', '=', id);
	const phone = await query.orderBy('last_contact_at', 'desc').limit(1).executeTakeFirst();
	if (phone === undefined)
		throw new ServerError('not-found', 'This phone has not been in contact with the server.');
	const { keys } = await trx
		.selectFrom('slot')
		.select((e) => e.fn.countAll<number>().as('keys'))
		.where('user_id', '=', userId)
		.where('company_id', '=', companyId)
		.where('phone_id', '=', phone.id)
		.where('state', 'in', ['waiting', 'on-lock'])
		.executeTakeFirstOrThrow();
	if (keys >= PHONE_KEYS)
		throw new ServerError('conflict', `A phone holds at most ${PHONE_KEYS} keys.`);
	return phone.id;
}

/**
 * Revokes the key in a slot: any for a manager, that of their own phone for everybody else. Again
 * changes nothing. Who names the issue never revokes the key that has come into the slot since.
 * Throws ServerError `not-found`.
 */
export async function revokeSlot(
	db: Db,
	who: Member,
	mac: string,
	{ slot, issue }: { slot: number; issue?: number | undefined },
	now: number = Date.now()
): Promise<RevokeKeyReply> {
	return db.transaction().execute(async (trx) => {
		const { id } = await findLock(trx, who, mac);
		const lock = await holdLock(trx, id);
		const row = (await takenSlots(trx, id)).find((taken) => taken.slot === slot);
		if (lock === undefined || row === undefined) throw notFound();
		if (issue !== undefined && row.issue !== issue) throw notFound();
		if (!isManager(who.company.role) && row.user_id !== who.userId) throw notFound();
		if (row.state === 'revoking') return { state: 'revoking' };
		const [revoked] = await revokeKeys(trx, lock, (taken) => taken.slot === slot, now);
		const { tracking_key } = row;
		const detail = { mac, slot, tracking_key };
		await audit(trx, who.company.id, who.userId, 'offline-key.revoke', detail);
		return { state: revoked?.state === 'off' ? 'off' : 'revoking' };
	});
}
