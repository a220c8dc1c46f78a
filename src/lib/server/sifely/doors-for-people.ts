import type { z } from 'zod';
import type { AddDoorRequest } from '../../api/app/doors.ts';
import type { EkeyVerdict } from '../../api/app/ekeys.ts';
import type { Verdict } from '../../protocol/ttlock/offline.ts';
import type { Db } from '../db/connect.ts';
import { notFound } from '../error.ts';
import { isManager, type Member } from '../people/identity.ts';
import { accountOfPerson } from './accounts.ts';
import type { Holder } from './caller.ts';
import { verdictOf, type DoorRow, type EkeyRow } from './doors.ts';
import { liveKeyOf } from './ekeys.ts';
import { inOurWords } from './refusals.ts';
import type { Doors } from './locks.ts';
import { initializeDoor } from './pairing.ts';
import { hashMd5, md5Of } from './passwords.ts';

/** A lock that a person of the company has to do with: by an eKey, or as a manager. */
export interface PersonDoor {
	lock: DoorRow;
	/** Undefined for managers who have none. */
	key: EkeyRow | undefined;
	isManager: boolean;
}

/** The account of somebody who is signed in, made at the first need. */
export async function holderOf(db: Db, { company, userId, email }: Member): Promise<Holder> {
	const { id: uid } = await accountOfPerson(db, company.id, { userId, email });
	return { companyId: company.id, uid, userId };
}

/** The same as who a company's manager is to its door locks: as their owners. */
export async function managerOf(db: Db, who: Member): Promise<Holder> {
	return { ...(await holderOf(db, who)), asOwner: isManager(who.company.role) };
}

/**
 * One of them inside a transaction that changes it. Throws ServerError `not-found` alike for one that
 * is absent and one that this person does not see.
 */
export async function holdPersonDoor(
	trx: Db,
	who: Member,
	uid: number,
	lockId: number
): Promise<PersonDoor> {
	const lock = await trx
		.updateTable('door_lock')
		.set((e) => ({ alias: e.ref('alias') }))
		.where('id', '=', lockId)
		.where('company_id', '=', who.company.id)
		.returningAll()
		.executeTakeFirst();
	if (lock === undefined) throw notFound();
	const key = await liveKeyOf(trx, lockId, uid);
	const door = { lock, key, isManager: isManager(who.company.role) };
	if (key === undefined && !door.isManager) throw notFound();
	return door;
}

/** Whether a person may open a lock now: managers always, others as their eKey says. */
export function opensNow({ lock, key, isManager }: PersonDoor, now: number): EkeyVerdict {
	return isManager || key === undefined ? 'now' : opensBy(key, lock, now);
}

/** Whether an eKey opens now. */
export function opensBy(key: EkeyRow, lock: DoorRow, now: number): EkeyVerdict {
	if (key.state === 'frozen' || key.state === 'reset') return key.state;
	const verdict: Verdict = verdictOf(key, lock, now);
	return verdict === 'holds' ? 'now' : verdict;
}

/** Takes a lock that a manager's phone has paired. Throws ServerError `bad-input`, `conflict`. */
export async function addPersonDoor(
	doors: Doors,
	who: Member,
	{ lockData, name, isFresh }: z.output<typeof AddDoorRequest>
): Promise<{ id: number }> {
	const holder = await holderOf(doors.db, who);
	return inOurWords(
		async () => {
			const asked = { lockData, lockAlias: name };
			const { lockId } = await initializeDoor(doors, holder, asked, isFresh);
			return { id: lockId };
		},
		{ 'not-permitted': ['conflict', 'This lock is here already. Delete it first.'] }
	);
}

/**
 * Lets a person sign in to the open API; what was signed in before ends. Throws ServerError `not-found`
 * for who has left the company meanwhile.
 */
export async function setApiPassword(
	{ db }: { readonly db: Db },
	who: Member,
	password: string
): Promise<void> {
	const { uid } = await holderOf(db, who);
	const password_hash = await hashMd5(md5Of(password));
	await db.transaction().execute(async (trx) => {
		await trx
			.updateTable('sifely_account')
			.set({ password_hash, must_change: 0 })
			.where('id', '=', uid)
			.execute();
		const member = await trx
			.selectFrom('member')
			.select('id')
			.where('organizationId', '=', who.company.id)
			.where('userId', '=', who.userId)
			.executeTakeFirst();
		if (member === undefined) throw notFound();
		await trx.deleteFrom('sifely_token').where('account_id', '=', uid).execute();
	});
}
