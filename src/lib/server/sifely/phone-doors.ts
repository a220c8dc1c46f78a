import {
	PHONE_DOORS,
	type DoorContact,
	type DoorContactReply,
	type DoorKey,
	type DoorKeyName,
	type TurnsReply,
	type TurnsRequest
} from '../../api/app/phone-doors.ts';
import { mintOfflineGrant } from '../../protocol/ttlock/grant.ts';
import { ALWAYS, type Validity } from '../../protocol/ttlock/offline.ts';
import type { Deed } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { DAY } from '../lease.ts';
import { checkSender, isManager, type Member } from '../people/identity.ts';
import { lookupHash } from '../secret.ts';
import { actorOf, type Holder } from './caller.ts';
import { periodOf, type DoorRow, type EkeyRow } from './doors.ts';
import { managerOf, opensNow } from './doors-for-people.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { hearTurns } from './offline-turns.ts';
import { windowEnd } from './periods.ts';

/** Verdicts of eKeys that do not hold now and will: the phone waits for their time. */
const GIVEN: readonly string[] = ['now', 'not-yet', 'outside-hours'];

/** Milliseconds before its start from which an eKey is given: the locks do not make it wait for that. */
const AHEAD = DAY;

/**
 * What a phone may hold of door locks until its lease ends. The locks
 * know nothing of leases: a phone that is honest lets go when its own is over.
 */
export async function contactDoors(
	doors: Doors,
	who: Member,
	{ has, wiped, turns = [] }: DoorContact,
	phone: string,
	leaseEnds: number,
	now: number
): Promise<DoorContactReply> {
	const holder = await managerOf(doors.db, who);
	const heard = await hearTurns(doors, holder, turns, now);
	await hearWiped(doors.db, holder, wiped, phone, now);
	const held = new Set(has.map((name) => nameOf(name)));
	const keys: DoorKey[] = [];
	for (const { lock, key } of await mine(doors.db, who, holder.uid)) {
		// It names them all in its next contact, which takes no more.
		if (keys.length === PHONE_DOORS) break;
		const manager = isManager(who.company.role);
		if (!GIVEN.includes(opensNow({ lock, key, isManager: manager }, now))) continue;
		const period = key === undefined || manager ? ALWAYS : periodOf(key);
		if (startOf(period) > Math.min(leaseEnds, now + AHEAD)) continue;
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

/**
 * Takes in what somebody's phone opened at door locks without network. Throws ServerError `conflict`, and
 * takes nothing, when the phone sends for somebody else.
 */
export async function hearTurnsFrom(
	doors: Doors,
	who: Member,
	{ turns, sender }: TurnsRequest,
	now: number = Date.now()
): Promise<TurnsReply> {
	checkSender(who, sender);
	return { heard: await hearTurns(doors, await managerOf(doors.db, who), turns, now) };
}

/** A phone names what it has deleted until it is answered, which is soon: later it is another time. */
const WIPED_AGAIN = 7 * DAY;

/** Writes down what the phone has deleted of what it can have had: eKeys of this person, each once. */
async function hearWiped(
	db: Db,
	holder: Holder,
	wiped: readonly DoorKeyName[],
	phone: string,
	now: number
): Promise<void> {
	if (wiped.length === 0) return;
	const place = { company_id: holder.companyId, actor: actorOf(holder), deed: WIPED };
	await db.transaction().execute(async (trx) => {
		const had = await hadBy(trx, holder);
		const details = wiped
			.filter(({ door, ekey }) => had.has(`${door} ${ekey}`))
			.map(({ door, ekey }) => JSON.stringify({ lockId: door, keyId: ekey, phone }));
		if (details.length === 0) return;
		const rows = await trx
			.selectFrom('audit')
			.select('detail')
			.where('company_id', '=', place.company_id)
			.where('at', '>', now - WIPED_AGAIN)
			.where('actor', '=', place.actor)
			.where('deed', '=', place.deed)
			.where('detail', 'in', details)
			.execute();
		const fresh = new Set(details).difference(new Set(rows.map(({ detail }) => detail)));
		if (fresh.size === 0) return;
		const written = [...fresh].map((detail) => ({ id: newId(), at: now, ...place, detail }));
		await trx.insertInto('audit').values(written).execute();
	});
}

const WIPED: Deed = 'ekey.wiped';

/** Locks and eKeys, in whatever state, that a phone of this person can have held; 0 is a manager's. */
async function hadBy(db: Db, { companyId, uid, asOwner }: Holder): Promise<Set<string>> {
	const keys = await db
		.selectFrom('ekey')
		.select(['id', 'lock_id'])
		.where('account_id', '=', uid)
		.execute();
	const locks = asOwner
		? await db.selectFrom('door_lock').select('id').where('company_id', '=', companyId).execute()
		: [];
	return new Set([
		...keys.map(({ id, lock_id }) => `${lock_id} ${id}`),
		...locks.map(({ id }) => `${id} 0`)
	]);
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

function startOf({ startDate, recurrence }: Validity): number {
	return recurrence ? recurrence.startDay : startDate;
}

function markOf({ secret }: Doors, text: string): string {
	return lookupHash(secret, { table: 'ekey', column: 'mark' }, text).slice(0, 32);
}

function nameOf({ door, ekey, mark }: { door: number; ekey: number; mark: string }): string {
	return `${door} ${ekey} ${mark}`;
}
