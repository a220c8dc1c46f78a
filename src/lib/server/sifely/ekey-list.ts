import type { SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { z } from 'zod';
import * as api from '../../api/sifely/keys.ts';
import type { Tables } from '../db/tables.ts';
import type { Caller } from './caller.ts';
import {
	heldDoor,
	isOwner,
	manages,
	mustManage,
	recurrenceOf,
	verdictOf,
	type EkeyRow,
	type Held
} from './doors.ts';
import { openLockData, lockDataFor } from './lock-data.ts';
import { aliasLike, factsOf, type Doors } from './locks.ts';
import { containing, offsetOf, pageWith } from './page.ts';
import { passageOf } from './passage.ts';

const STATUS = { normal: '110401', frozen: '110405', deleted: '110408', reset: '110410' } as const;

/** Every eKey of the caller, of their own locks too, newest first. */
export async function listKeys(
	{ db, secret }: Doors,
	{ uid }: Caller,
	request: z.output<typeof api.ListKeysRequest>
): Promise<z.input<typeof api.ListKeysReply>> {
	let mine = db
		.selectFrom('ekey')
		.innerJoin('door_lock', 'door_lock.id', 'ekey.lock_id')
		.where('ekey.account_id', '=', uid)
		.where('ekey.state', '<>', 'deleted');
	if (request.lockAlias !== undefined) mine = mine.where(aliasLike(request.lockAlias));
	const { total } = await mine
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const keys = await mine
		.selectAll('ekey')
		.orderBy('ekey.created_at', 'desc')
		.orderBy('ekey.id', 'desc')
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	if (keys.length === 0) return pageWith([], request, total);
	const locks = await db
		.selectFrom('door_lock')
		.selectAll()
		.where(
			'id',
			'in',
			keys.map(({ lock_id }) => lock_id)
		)
		.execute();
	const known = new Map(locks.map((lock) => [lock.id, lock]));
	const list = keys.flatMap((key) => {
		const lock = known.get(key.lock_id);
		return lock ? [heldKey({ secret }, { lock, key })] : [];
	});
	return pageWith(list, request, total);
}

/** The caller's eKey of one lock. Throws SifelyError `no-lock`. */
export async function showKey(
	{ db, secret }: Doors,
	caller: Caller,
	{ lockId }: z.output<typeof api.KeyOfLockRequest>
): Promise<api.HeldKey> {
	return heldKey({ secret }, await heldDoor(db, caller, lockId));
}

function heldKey({ secret }: Pick<Doors, 'secret'>, held: Held): api.HeldKey {
	const { lock, key } = held;
	const now = Date.now();
	const data = openLockData(secret, lock);
	const admin = manages(held, now);
	return {
		...factsOf(lock),
		keyId: key.id,
		lockData: isGiven(held, now) ? lockDataFor(data, admin) : '',
		userType: isOwner(held) ? '110301' : '110302',
		keyStatus: STATUS[key.state],
		...(admin ? { noKeyPwd: data.noKeyPwd ?? '' } : {}),
		startDate: key.start_date,
		endDate: key.end_date,
		remarks: key.remarks,
		keyRight: key.key_right,
		remoteEnable: key.remote_enable,
		passageMode: passageOf(lock).passageMode,
		timezoneRawOffset: lock.timezone_offset,
		groupId: 0,
		groupName: '',
		...recurringOf(key)
	};
}

/**
 * Keys that a phone has once it keeps, and the lock asks for nothing else: so it gets none for an eKey
 * that is frozen, reset or over. One that begins later it may fetch beforehand.
 */
function isGiven({ lock, key }: Held, now: number): boolean {
	const verdict = verdictOf(key, lock, now);
	return key.state === 'normal' && verdict !== 'expired' && verdict !== 'used';
}

function recurringOf(
	key: EkeyRow
): Pick<api.HeldKey, 'keyType' | 'weekDays' | 'startDay' | 'endDay'> {
	const recurrence = recurrenceOf(key);
	if (recurrence === null) return {};
	const { weekDays, startDay, endDay } = recurrence;
	return { keyType: api.RECURRING, weekDays, startDay, endDay };
}

/** The eKeys that others have of a lock. Throws SifelyError `no-lock`, `not-permitted`. */
export async function listLockKeys(
	{ db }: Doors,
	caller: Caller,
	request: z.output<typeof api.ListLockKeysRequest>
): Promise<z.input<typeof api.ListLockKeysReply>> {
	const { lockId, searchStr, keyRight } = request;
	mustManage(await heldDoor(db, caller, lockId));
	let keys = db
		.selectFrom('ekey')
		.innerJoin('sifely_account', 'sifely_account.id', 'ekey.account_id')
		.where('ekey.lock_id', '=', lockId)
		.where('ekey.kind', '=', 'common')
		.where('ekey.state', '<>', 'deleted');
	if (keyRight !== undefined) keys = keys.where('ekey.key_right', '=', keyRight);
	if (searchStr !== undefined) {
		const part = containing(searchStr);
		keys = keys.where(sql<boolean>`(lower(ekey.name) like lower(${part}) escape '\\'
			or lower(sifely_account.username) like lower(${part}) escape '\\')`);
	}
	const { total } = await keys
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const rows = await inOrder(keys, request.orderBy)
		.leftJoin('sifely_account as sender', 'sender.id', 'ekey.sender_id')
		.selectAll('ekey')
		.select(['sifely_account.username', 'sender.username as senderUsername'])
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	const list = rows.map((row): api.SentKey => ({
		keyId: row.id,
		lockId,
		username: row.username,
		uid: row.account_id,
		keyName: row.name,
		keyStatus: STATUS[row.state] as api.SentKey['keyStatus'],
		startDate: row.start_date,
		endDate: row.end_date,
		keyRight: row.key_right,
		remoteEnable: row.remote_enable,
		senderUsername: row.senderUsername ?? '',
		remarks: row.remarks,
		date: row.created_at,
		...recurringOf(row)
	}));
	return pageWith(list, request, total);
}

function inOrder<O>(
	keys: SelectQueryBuilder<Tables, 'ekey' | 'sifely_account', O>,
	orderBy: '0' | '1' | '2'
) {
	if (orderBy === '1') return keys.orderBy('ekey.created_at', 'desc').orderBy('ekey.id', 'desc');
	return keys.orderBy('ekey.name', orderBy === '0' ? 'asc' : 'desc').orderBy('ekey.id');
}
