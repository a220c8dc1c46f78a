import type { z } from 'zod';
import * as api from '../../api/sifely/passcodes.ts';
import { CUSTOM_CAPACITY } from '../../protocol/ttlock/passcodes.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import type { Secret } from '../secret.ts';
import { actorOf, type Holder } from './caller.ts';
import {
	codeNumbered,
	insertCode,
	liveCode,
	markDeleted,
	mustBeNew,
	sealedCode,
	type PasscodeRow
} from './codes.ts';
import { holdDoor, mustManage, type DoorRow } from './doors.ts';
import { codeNotFound, SifelyError } from './error.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';

/**
 * Writes down a passcode that a phone has put into the lock. Throws SifelyError `no-lock`,
 * `not-permitted`, `too-simple`, `same-code`, `codes-full`, `bad-parameter`.
 */
export async function addCode(
	{ db, secret }: Doors,
	caller: Holder,
	request: z.output<typeof api.AddCodeRequest>
): Promise<z.input<typeof api.AddCodeReply>> {
	const { lockId, keyboardPwd, keyboardPwdType: type } = request;
	const { startDate = 0, endDate = 0 } = request;
	if (type === api.CUSTOM.period && endDate <= startDate)
		throw new SifelyError('bad-parameter', 'endDate: not after startDate');
	return db.transaction().execute(async (trx) => {
		const { lock } = mustManage(await holdDoor(trx, caller, lockId));
		const id = await keepCustom(trx, secret, caller, lock, {
			name: request.keyboardPwdName,
			type,
			code: keyboardPwd,
			start_date: startDate,
			end_date: type === api.CUSTOM.permanent ? 0 : endDate,
			waits: null
		});
		return { keyboardPwdId: id };
	});
}

/**
 * Keeps a custom passcode, inside the transaction that holds its lock. Throws SifelyError `too-simple`,
 * `same-code`, `codes-full`.
 */
export async function keepCustom(
	trx: Db,
	secret: Secret,
	by: Holder,
	lock: DoorRow,
	code: Pick<PasscodeRow, 'name' | 'type' | 'code' | 'start_date' | 'end_date' | 'waits'>
): Promise<number> {
	const lockId = lock.id;
	await mustBeNew(trx, secret, lockId, code.code, openLockData(secret, lock).noKeyPwd);
	const { held } = await trx
		.selectFrom('passcode')
		.select((e) => e.fn.countAll<number>().as('held'))
		.where('lock_id', '=', lockId)
		.where('state', '=', 'live')
		.where('place', 'is', null)
		.executeTakeFirstOrThrow();
	if (held >= CUSTOM_CAPACITY)
		throw new SifelyError('codes-full', `a lock holds ${CUSTOM_CAPACITY} of them`);
	const row = { ...code, lock_id: lockId, sender_id: by.uid, place: null, number: null };
	const id = await insertCode(trx, secret, row);
	const deed = { lockId, passcodeId: id, custom: true };
	await audit(trx, by.companyId, actorOf(by), 'passcode.add', deed);
	return id;
}

/** Throws SifelyError `no-lock`, `not-permitted`, `no-passcode`. */
export async function deleteCode(
	{ db }: Doors,
	caller: Holder,
	{ lockId, keyboardPwdId }: z.output<typeof api.DeleteCodeRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		mustManage(await holdDoor(trx, caller, lockId));
		await endCode(trx, caller, await codeNumbered(trx, lockId, keyboardPwdId));
	});
}

/** The same by its digits. */
export async function deleteByCode(
	{ db, secret }: Doors,
	caller: Holder,
	{ lockId, keyboardPwd }: z.output<typeof api.DeleteByCodeRequest>
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		mustManage(await holdDoor(trx, caller, lockId));
		const row = await liveCode(trx, secret, lockId, keyboardPwd);
		if (row === undefined) throw codeNotFound();
		await endCode(trx, caller, row);
	});
}

async function endCode(trx: Db, caller: Holder, { id, lock_id }: PasscodeRow): Promise<void> {
	await markDeleted(trx, id);
	const deed = { lockId: lock_id, passcodeId: id };
	await audit(trx, caller.companyId, actorOf(caller), 'passcode.delete', deed);
}

/**
 * Another name, other digits, another period; as this API has it, an end without a start changes
 * nothing. A random passcode has digits and period of its own until the lock has seen it used. Throws
 * SifelyError `no-lock`, `not-permitted`, `no-passcode`, `never-used`, `too-simple`, `same-code`,
 * `bad-parameter`.
 */
export async function changeCode(
	{ db, secret }: Doors,
	caller: Holder,
	request: z.output<typeof api.ChangeCodeRequest>
): Promise<void> {
	const { lockId, keyboardPwdId: id, keyboardPwdName, newKeyboardPwd, startDate } = request;
	await db.transaction().execute(async (trx) => {
		const { lock } = mustManage(await holdDoor(trx, caller, lockId));
		const row = await codeNumbered(trx, lockId, id);
		const changesLock = newKeyboardPwd !== undefined || startDate !== undefined;
		if (changesLock && row.place !== null && row.used_at === null)
			throw new SifelyError('never-used', 'the lock does not know this code until it is used');
		if (newKeyboardPwd !== undefined)
			await mustBeNew(trx, secret, lockId, newKeyboardPwd, openLockData(secret, lock).noKeyPwd);
		await trx
			.updateTable('passcode')
			.set({
				name: keyboardPwdName ?? row.name,
				// Whoever has changed it at the lock knows better than what waits.
				...(changesLock ? { waits: null, told_at: null, next: null, next_hash: null } : {}),
				...(newKeyboardPwd === undefined ? {} : sealedCode(secret, id, lockId, newKeyboardPwd)),
				...(startDate === undefined ? {} : periodOf(row, startDate, request.endDate))
			})
			.where('id', '=', id)
			.execute();
		await audit(trx, caller.companyId, actorOf(caller), 'passcode.change', {
			lockId,
			passcodeId: id,
			code: newKeyboardPwd !== undefined,
			period: startDate !== undefined
		});
	});
}

function periodOf(row: PasscodeRow, start_date: number, endDate: number | undefined) {
	const end_date = endDate ?? row.end_date;
	if (end_date !== 0 && end_date <= start_date)
		throw new SifelyError('bad-parameter', 'endDate: not after startDate');
	return { start_date, end_date };
}
