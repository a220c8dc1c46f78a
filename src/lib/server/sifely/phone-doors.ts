import type { DoorContact, DoorContactReply, DoorKey } from '../../api/app/phone-doors.ts';
import { mintOfflineGrant } from '../../protocol/ttlock/grant.ts';
import { ALWAYS } from '../../protocol/ttlock/offline.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { isManager, type Member } from '../people/identity.ts';
import { lookupHash } from '../secret.ts';
import { periodOf, type DoorRow, type EkeyRow } from './doors.ts';
import { holderOf, opensNow } from './doors-for-people.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { hearTurns } from './offline-turns.ts';
import { windowEnd } from './periods.ts';

/** Verdicts of eKeys that do not hold now and will: the phone waits for their time. */
const GIVEN: readonly string[] = ['now', 'not-yet', 'outside-hours'];

/**
 * What a phone may hold of door locks until its lease ends, and what it opened with that. The locks
 * know nothing of leases: a phone that is honest lets go when its own is over.
 */
export async function contactDoors(
	doors: Doors,
	who: Member,
	{ has, wiped, turns }: DoorContact,
	phone: string,
	leaseEnds: number,
	now: number
): Promise<DoorContactReply> {
	const holder = await holderOf(doors.db, who);
	const heard = await hearTurns(doors, holder, turns, now);
	for (const { door, ekey } of wiped) {
		const deed = { lockId: door, keyId: ekey, phone };
		await audit(doors.db, who.company.id, who.userId, 'ekey.wiped', deed);
	}
	const held = new Set(has.map((name) => nameOf(name)));
	const keys: DoorKey[] = [];
	for (const { lock, key } of await mine(doors.db, who, holder.uid)) {
		const manager = isManager(who.company.role);
		if (!GIVEN.includes(opensNow({ lock, key, isManager: manager }, now))) continue;
		const period = key === undefined || manager ? ALWAYS : periodOf(key);
		const data = openLockData(doors.secret, lock);
		const grant = mintOfflineGrant(data, { ...period, uid: holder.uid });
		const { aesKey, lockKey, lockFlagPos, lockVersion, uid, timezoneRawOffset } = grant;
		const mark = markOf(doors, JSON.stringify([lock.id, key?.id ?? 0, grant]));
		const named = { door: lock.id, ekey: key?.id ?? 0, mark };
		keys.push({
			...named,
			mac: lock.mac,
			...period,
			timezoneRawOffset,
			readyUntil: Math.min(leaseEnds, windowEnd(period)),
			...(held.has(nameOf(named))
				? {}
				: { value: { aesKey, lockKey, lockFlagPos, lockVersion, uid } })
		});
	}
	return { keys, heard };
}

/** Locks of the company that this person opens, each with their eKey where they have one. */
async function mine(
	db: Db,
	{ company }: Member,
	uid: number
): Promise<{ lock: DoorRow; key: EkeyRow | undefined }[]> {
	const keys = await db
		.selectFrom('ekey')
		.selectAll()
		.where('account_id', '=', uid)
		.where('state', '<>', 'deleted')
		.execute();
	const byLock = new Map(keys.map((key) => [key.lock_id, key]));
	const locks = await db
		.selectFrom('door_lock')
		.selectAll()
		.where('company_id', '=', company.id)
		.where('reset_at', 'is', null)
		.orderBy('id')
		.execute();
	return locks.flatMap((lock) => {
		const key = byLock.get(lock.id);
		return key === undefined && !isManager(company.role) ? [] : [{ lock, key }];
	});
}

function markOf({ secret }: Doors, text: string): string {
	return lookupHash(secret, { table: 'ekey', column: 'mark' }, text).slice(0, 32);
}

function nameOf({ door, ekey, mark }: { door: number; ekey: number; mark: string }): string {
	return `${door} ${ekey} ${mark}`;
}
