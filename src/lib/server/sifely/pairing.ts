import type { z } from 'zod';
import type * as api from '../../api/sifely/locks.ts';
import type { LockData } from '../../protocol/ttlock/grant.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { isDuplicate } from '../db/error.ts';
import type { Secret } from '../secret.ts';
import { actorOf, type Holder } from './caller.ts';
import type { DoorRow } from './doors.ts';
import { addAdminKey } from './ekeys.ts';
import { SifelyError } from './error.ts';
import { openLockData, readLockData, sealLockData } from './lock-data.ts';
import { removeDoor, type Doors } from './locks.ts';
import { newNumber } from './numbers.ts';

type Reply = z.input<typeof api.InitializeReply>;

/**
 * Takes a lock that a phone has just paired; whoever calls owns it. The same lock with the same keys
 * once more is the same request, whose answer was lost. With other keys it was reset and paired anew,
 * and what was known of it before is void; but only its owner can say so here, because lockData is no
 * proof that somebody stood at the lock.
 * @param isFresh false for a pairing that came late: it may be older than the keys that are here, and
 * takes nobody's place. Throws SifelyError `bad-parameter`, `not-permitted`.
 */
export async function initializeDoor(
	{ db, secret }: Doors,
	caller: Holder,
	request: z.output<typeof api.InitializeRequest>,
	isFresh = true
): Promise<Reply> {
	const data = readLockData(request.lockData);
	if (data.adminPwd === null)
		throw new SifelyError('bad-parameter', 'lockData: without the administrator’s number');
	const alias = request.lockAlias ?? data.lockName;
	const take = () => takeDoor(db, secret, caller, { data, alias, isFresh });
	// The same request twice at once: the second finds what the first has made.
	return take().catch((error: unknown) => {
		if (!isDuplicate(error)) throw error;
		return take();
	});
}

function takeDoor(
	db: Db,
	secret: Secret,
	caller: Holder,
	{ data, alias, isFresh }: { data: LockData; alias: string; isFresh: boolean }
): Promise<Reply> {
	return db.transaction().execute(async (trx) => {
		const known = await sameMac(trx, caller, data.lockMac);
		if (known !== undefined && known.owner_id !== caller.uid)
			throw new SifelyError(
				'not-permitted',
				'another account has this lock and must delete it first'
			);
		if (known !== undefined && hasKeysOf(openLockData(secret, known), data))
			return { lockId: known.id, keyId: await adminKeyOf(trx, known.id) };
		if (known !== undefined && !isFresh)
			throw new SifelyError('not-permitted', 'this lock is here already, with other keys');
		if (known !== undefined) await removeDoor(trx, caller, known.id);
		return insertDoor(trx, secret, caller, data, alias);
	});
}

async function sameMac(trx: Db, caller: Holder, mac: string): Promise<DoorRow | undefined> {
	return trx
		.updateTable('door_lock')
		.set((e) => ({ alias: e.ref('alias') }))
		.where('company_id', '=', caller.companyId)
		.where('mac', '=', mac)
		.returningAll()
		.executeTakeFirst();
}

function hasKeysOf(one: LockData, other: LockData): boolean {
	return (
		one.aesKeyStr === other.aesKeyStr &&
		one.lockKey === other.lockKey &&
		one.adminPwd === other.adminPwd
	);
}

async function adminKeyOf(trx: Db, lockId: number): Promise<number> {
	const { id } = await trx
		.selectFrom('ekey')
		.select('id')
		.where('lock_id', '=', lockId)
		.where('kind', '=', 'admin')
		.where('state', '<>', 'deleted')
		.executeTakeFirstOrThrow();
	return id;
}

async function insertDoor(
	trx: Db,
	secret: Secret,
	caller: Holder,
	data: LockData,
	alias: string
): Promise<Reply> {
	const id = await newNumber(trx, 'door_lock');
	await trx
		.insertInto('door_lock')
		.values({
			id,
			company_id: caller.companyId,
			owner_id: caller.uid,
			mac: data.lockMac,
			name: data.lockName,
			alias,
			lock_data: sealLockData(secret, id, data),
			feature_value: data.featureValue,
			timezone_offset: data.timezoneRawOffset,
			battery: null,
			battery_at: null,
			passage: null,
			log_cursor: 0,
			said: null,
			reset_at: null,
			created_at: Date.now()
		})
		.execute();
	const keyId = await addAdminKey(trx, id, caller.uid, alias);
	const deed = { lockId: id, mac: data.lockMac };
	await audit(trx, caller.companyId, actorOf(caller), 'door-lock.add', deed);
	return { lockId: id, keyId };
}
