import type * as api from '../../api/app/passcodes.ts';
import { RANDOM_TYPE } from '../../protocol/ttlock/random-passcodes.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import type { Member } from '../people/identity.ts';
import type { Secret } from '../secret.ts';
import { actorOf, type Holder } from './caller.ts';
import { isOver } from './code-times.ts';
import {
	codeNumbered,
	markDeleted,
	mustBeNew,
	openCode,
	openNext,
	sealedCode,
	sealedNext,
	type PasscodeRow
} from './codes.ts';
import { mustBePeriod, showCode } from './codes-for-people.ts';
import { holdDoor, mustManage, type DoorRow, type Held } from './doors.ts';
import { managerOf } from './doors-for-people.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { mustOutlast } from './periods.ts';
import { inOurWords } from './refusals.ts';

/** A passcode that somebody wishes otherwise, and where. */
interface Wished {
	trx: Db;
	secret: Secret;
	by: Holder;
	held: Held;
	lock: DoorRow;
	row: PasscodeRow;
}

/**
 * Another name at once; other digits or another period wait for the lock, unless it was never told of
 * this passcode. Throws ServerError `not-found`, `forbidden`, `bad-input`, `conflict`.
 */
export async function changePersonCode(
	doors: Doors,
	who: Member,
	[lockId, id]: readonly [number, number],
	request: api.ChangePasscodeRequest
): Promise<api.Passcode> {
	mustBePeriod(request.period);
	return wish(doors, who, lockId, id, async (wished) => {
		const { trx, secret, by, held, lock, row } = wished;
		const { name, code, period } = request;
		if (period !== undefined) mustOutlast(held, { ...period, recurrence: null });
		const columns = code === undefined && period === undefined ? {} : await become(wished, request);
		await trx
			.updateTable('passcode')
			.set({ name: name ?? row.name, ...columns })
			.where('id', '=', id)
			.execute();
		const deed = { lockId, passcodeId: id, code: code !== undefined, period: period !== undefined };
		await audit(trx, by.companyId, actorOf(by), 'passcode.change', deed);
		return showCode(trx, secret, lock, id);
	});
}

async function become(
	{ trx, secret, lock, row }: Wished,
	{ code, period }: api.ChangePasscodeRequest
): Promise<Partial<PasscodeRow>> {
	const conflict = (message: string) => new ServerError('conflict', message);
	if (row.place !== null) throw conflict('A random passcode keeps its digits and its hours.');
	if (row.waits === 'remove') throw conflict('This passcode is being deleted.');
	if (row.told_at !== null)
		throw conflict('Tell the lock first: nobody knows whether it has this passcode.');
	if (period !== undefined && row.type === RANDOM_TYPE.permanent)
		throw conflict('This passcode has no end. Make another for a period.');
	const old = openCode(secret, row);
	const now = openNext(secret, row) ?? {
		code: old,
		startDate: row.start_date,
		endDate: row.end_date
	};
	const next = { ...now, ...period, ...(code === undefined ? {} : { code }) };
	if (next.code !== old && next.code !== now.code)
		await mustBeNew(trx, secret, lock.id, next.code, openLockData(secret, lock).noKeyPwd);
	if (row.waits !== 'add') return { waits: 'change', ...sealedNext(secret, row.id, lock.id, next) };
	const sealed = sealedCode(secret, row.id, lock.id, next.code);
	return { ...sealed, start_date: next.startDate, end_date: next.endDate };
}

/**
 * Gone at once when the lock cannot have it any more, or never had it: then null. Else it waits for the
 * lock. Throws ServerError `not-found`, `forbidden`.
 */
export async function deletePersonCode(
	doors: Doors,
	who: Member,
	[lockId, id]: readonly [number, number]
): Promise<api.Passcode | null> {
	return wish(doors, who, lockId, id, async ({ trx, secret, by, lock, row }) => {
		const neverTold = row.waits === 'add' && row.told_at === null;
		if (neverTold || (row.place !== null && isOver(row, Date.now()))) {
			await markDeleted(trx, id);
			const deed = { lockId, passcodeId: id };
			await audit(trx, by.companyId, actorOf(by), 'passcode.delete', deed);
			return null;
		}
		// A change that may have reached the lock stays written down: both its codes must go.
		const untold = row.told_at === null ? { next: null, next_hash: null } : {};
		await trx
			.updateTable('passcode')
			.set({ waits: 'remove', ...untold })
			.where('id', '=', id)
			.execute();
		const deed = { lockId, passcodeId: id, waits: 'remove' };
		await audit(trx, by.companyId, actorOf(by), 'passcode.change', deed);
		return showCode(trx, secret, lock, id);
	});
}

async function wish<T>(
	{ db, secret }: Doors,
	who: Member,
	lockId: number,
	id: number,
	work: (wished: Wished) => Promise<T>
): Promise<T> {
	const by = await managerOf(db, who);
	return inOurWords(() =>
		db.transaction().execute(async (trx) => {
			const held = mustManage(await holdDoor(trx, by, lockId));
			const row = await codeNumbered(trx, lockId, id);
			return work({ trx, secret, by, held, lock: held.lock, row });
		})
	);
}
