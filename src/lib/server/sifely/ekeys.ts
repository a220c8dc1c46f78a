import type { Insertable } from 'kysely';
import type { z } from 'zod';
import { RECURRING, type SendKeyReply, type SendKeyRequest } from '../../api/sifely/keys.ts';
import { audit } from '../audit.ts';
import type { Budgets } from '../budget.ts';
import type { Db } from '../db/connect.ts';
import type { EkeyTable } from '../db/door-tables.ts';
import { receiverOf, type AccountRow } from './accounts.ts';
import { actorOf, type Holder } from './caller.ts';
import { heldDoor, holdDoor, mustManage, mustOwn, type EkeyRow, type Held } from './doors.ts';
import { SifelyError } from './error.ts';
import type { Doors } from './locks.ts';
import { newNumber } from './numbers.ts';
import { columnsOf, mustOutlast, readPeriod, type Period } from './periods.ts';

/**
 * Sends an eKey. Who has one of this lock gets the new one in its place. Throws SifelyError `no-lock`,
 * `not-permitted`, `to-yourself`, `to-the-owner`, `not-registered`, `own-key-shorter`, `bad-parameter`.
 */
export async function sendKey(
	{ db, budgets }: Doors & { readonly budgets: Pick<Budgets, 'hashes'> },
	caller: Holder,
	request: z.output<typeof SendKeyRequest>
): Promise<z.input<typeof SendKeyReply>> {
	const { lockId, receiverUsername, keyName, keyRight, remoteEnable, remarks } = request;
	const period = readPeriod(request, request.keyType === RECURRING);
	const wish = { lockId, keyName, keyRight, remoteEnable, remarks, period };
	return sendTo(db, caller, wish, () =>
		receiverOf(db, caller.companyId, receiverUsername, request.createUser === 1 ? budgets : null)
	);
}

/** An eKey that is to be sent. */
export interface Wish {
	lockId: number;
	keyName: string;
	/** 1 for who is to manage the lock. */
	keyRight: number;
	/** 1 yes, 2 no. */
	remoteEnable: number;
	remarks: string;
	period: Period;
}

/** The same to whom `receiverOf` finds, or makes. */
export async function sendTo(
	db: Db,
	caller: Holder,
	wish: Wish,
	receiverOf: () => Promise<AccountRow>
): Promise<{ keyId: number }> {
	const { lockId, keyRight, period } = wish;
	// Before an account is made for somebody: only who may send may do that.
	mustSend(await heldDoor(db, caller, lockId), keyRight, period);
	const receiver = await receiverOf();
	return db.transaction().execute(async (trx) => {
		const held = mustSend(await holdDoor(trx, caller, lockId), keyRight, period);
		if (receiver.id === caller.uid)
			throw new SifelyError('to-yourself', 'an eKey cannot be sent to yourself');
		if (receiver.id === held.lock.owner_id)
			throw new SifelyError('to-the-owner', 'the top administrator has an eKey');
		const old = await liveKeyOf(trx, lockId, receiver.id);
		if (old) mayChange(held, old);
		if (old) await endKey(trx, old.id);
		const keyId = await insertKey(trx, {
			lock_id: lockId,
			account_id: receiver.id,
			sender_id: caller.uid,
			name: wish.keyName,
			kind: 'common',
			state: 'normal',
			...columnsOf(period),
			key_right: keyRight,
			remote_enable: wish.remoteEnable,
			remarks: wish.remarks
		});
		const deed = { lockId, keyId, to: receiver.id, keyRight };
		await audit(trx, caller.companyId, actorOf(caller), 'ekey.send', deed);
		return { keyId };
	});
}

function mustSend(held: Held, keyRight: number, period: Period): Held {
	if (keyRight === 1) mustOwn(held);
	else mustManage(held);
	mustOutlast(held, period);
	return held;
}

/** Throws SifelyError `not-permitted`: only the owner changes the eKeys of other administrators. */
export function mayChange(held: Held, key: Pick<EkeyRow, 'key_right' | 'kind'>): void {
	if (key.key_right === 1 || key.kind === 'admin') mustOwn(held);
	else mustManage(held);
}

/** The eKey of a lock's owner, which is sent by nobody and has no end. */
export async function addAdminKey(
	trx: Db,
	lockId: number,
	uid: number,
	name: string
): Promise<number> {
	return insertKey(trx, {
		lock_id: lockId,
		account_id: uid,
		sender_id: null,
		name,
		kind: 'admin',
		state: 'normal',
		start_date: 0,
		end_date: 0,
		recurrence: null,
		key_right: 0,
		remote_enable: 1,
		remarks: ''
	});
}

async function insertKey(
	trx: Db,
	key: Omit<Insertable<EkeyTable>, 'id' | 'used_at' | 'created_at' | 'ended_at'>
): Promise<number> {
	const id = await newNumber(trx, 'ekey');
	const times = { used_at: null, created_at: Date.now(), ended_at: null };
	await trx
		.insertInto('ekey')
		.values({ ...key, id, ...times })
		.execute();
	return id;
}

/** The eKey that an account has of a lock, or undefined. */
export async function liveKeyOf(db: Db, lockId: number, uid: number): Promise<EkeyRow | undefined> {
	return db
		.selectFrom('ekey')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('account_id', '=', uid)
		.where('state', '<>', 'deleted')
		.executeTakeFirst();
}

/** Deletes an eKey here; no lock knows of it. */
export async function endKey(trx: Db, keyId: number): Promise<void> {
	await trx
		.updateTable('ekey')
		.set({ state: 'deleted', ended_at: Date.now() })
		.where('id', '=', keyId)
		.execute();
}
