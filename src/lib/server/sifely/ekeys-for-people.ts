import type { z } from 'zod';
import type * as api from '../../api/app/ekeys.ts';
import type { Db } from '../db/connect.ts';
import type { Member } from '../people/identity.ts';
import { accountOfMember, receiverOf } from './accounts.ts';
import { heldDoor, mustManage, periodOf, type DoorRow, type EkeyRow } from './doors.ts';
import { managerOf, opensBy } from './doors-for-people.ts';
import { changeKeyOf, deleteKey } from './ekey-changes.ts';
import { endOf } from './ekey-ends.ts';
import { sendTo } from './ekeys.ts';
import { keyNotFound } from './error.ts';
import type { Doors } from './locks.ts';
import { MOST_ROWS } from './page.ts';
import { readPeriod, windowEnd, type Period } from './periods.ts';
import { inOurWords } from './refusals.ts';

/** The eKeys of a lock, the owner's first, then the newest. Throws ServerError `not-found`, `forbidden`. */
export async function listPersonEkeys(
	{ db }: Doors,
	who: Member,
	lockId: number
): Promise<z.input<typeof api.EkeysReply>> {
	const by = await managerOf(db, who);
	const { lock } = await inOurWords(async () => mustManage(await heldDoor(db, by, lockId)));
	const keys = await namedKeys(db, lock.id)
		.limit(MOST_ROWS + 1)
		.execute();
	const now = Date.now();
	const ekeys = keys.slice(0, MOST_ROWS).map((key) => toEkey(key, lock, now));
	return { ekeys, isCut: keys.length > MOST_ROWS };
}

function namedKeys(db: Db, lockId: number) {
	return db
		.selectFrom('ekey')
		.innerJoin('sifely_account as holder', 'holder.id', 'ekey.account_id')
		.leftJoin('user as person', 'person.id', 'holder.user_id')
		.leftJoin('sifely_account as sender', 'sender.id', 'ekey.sender_id')
		.leftJoin('user as sending', 'sending.id', 'sender.user_id')
		.selectAll('ekey')
		.select([
			'holder.username',
			'holder.user_id as userId',
			'person.name as personName',
			'sender.username as senderUsername',
			'sending.name as senderName'
		])
		.where('ekey.lock_id', '=', lockId)
		.where('ekey.state', '<>', 'deleted')
		.orderBy('ekey.kind')
		.orderBy('ekey.created_at', 'desc')
		.orderBy('ekey.id', 'desc');
}

type NamedKey = Awaited<ReturnType<ReturnType<typeof namedKeys>['executeTakeFirstOrThrow']>>;

async function showEkey(db: Db, lock: DoorRow, keyId: number): Promise<api.Ekey> {
	const key = await namedKeys(db, lock.id).where('ekey.id', '=', keyId).executeTakeFirst();
	if (key === undefined) throw keyNotFound();
	return toEkey(key, lock, Date.now());
}

function toEkey(key: NamedKey, lock: DoorRow, now: number): api.Ekey {
	const { username, userId, personName, senderName, senderUsername } = key;
	return {
		id: key.id,
		name: key.name,
		kind: key.kind,
		holder: { name: personName ?? username, username, userId },
		state: key.state as Exclude<EkeyRow['state'], 'deleted'>,
		...periodOf(key),
		opens: opensBy(key, lock, now),
		manages: key.kind === 'admin' || key.key_right === 1,
		usedAt: key.used_at,
		sender: senderName ?? senderUsername,
		sentAt: key.created_at
	};
}

/**
 * Sends an eKey. Throws ServerError `not-found` (lock or person), `forbidden`, `bad-input` for a period
 * that never holds, `conflict` for who is to get none, or a period longer than one's own.
 */
export async function sendPersonEkey(
	{ db }: Doors,
	who: Member,
	lockId: number,
	request: z.output<typeof api.SendEkeyRequest>
): Promise<api.Ekey> {
	const by = await managerOf(db, who);
	const { to } = request;
	return inOurWords(async () => {
		const wish = {
			lockId,
			keyName: request.name,
			keyRight: request.manages ? 1 : 0,
			remoteEnable: 2,
			remarks: '',
			period: periodIn(request.period)
		};
		const { keyId } = await sendTo(db, by, wish, () =>
			'userId' in to
				? accountOfMember(db, by.companyId, to.userId)
				: receiverOf(db, by.companyId, to.username, null)
		);
		return showEkey(db, (await heldDoor(db, by, lockId)).lock, keyId);
	});
}

function periodIn({ startDate, endDate, recurrence }: api.EkeyPeriod): Period {
	return readPeriod({ startDate, endDate, ...recurrence }, recurrence !== null);
}

/** Throws ServerError `not-found`, `forbidden`, `bad-input`, `conflict`. */
export async function changePersonEkey(
	doors: Doors,
	who: Member,
	[lockId, keyId]: readonly [number, number],
	{ name, state, period, manages }: api.ChangeEkeyRequest
): Promise<z.input<typeof api.ChangeEkeyReply>> {
	const { db } = doors;
	const by = await managerOf(db, who);
	return inOurWords(async () => {
		const wish = {
			name,
			state,
			period: period && periodIn(period),
			keyRight: manages === undefined ? undefined : manages ? (1 as const) : (0 as const)
		};
		const { lock, before, after } = await changeKeyOf(doors, by, lockId, keyId, wish);
		const ekey = await showEkey(db, lock, keyId);
		const isLess =
			(state === 'frozen' && before.state !== 'frozen') ||
			windowEnd(periodOf(after)) < windowEnd(periodOf(before));
		return { ekey, end: isLess ? await endOf(db, by.companyId, before) : null };
	});
}

/** Throws ServerError `not-found`, `forbidden`. */
export async function deletePersonEkey(
	doors: Doors,
	who: Member,
	lockId: number,
	keyId: number
): Promise<api.EkeyEnd> {
	const by = await managerOf(doors.db, who);
	return inOurWords(
		async () => {
			mustManage(await heldDoor(doors.db, by, lockId));
			const key = await doors.db
				.selectFrom('ekey')
				.selectAll()
				.where('id', '=', keyId)
				.where('lock_id', '=', lockId)
				.where('kind', '=', 'common')
				.where('state', '<>', 'deleted')
				.executeTakeFirst();
			if (key === undefined) throw keyNotFound();
			await deleteKey(doors, by, { keyId });
			return endOf(doors.db, by.companyId, key);
		},
		{ 'not-permitted': ['forbidden', 'Only its owner and managers of the company may do this.'] }
	);
}
