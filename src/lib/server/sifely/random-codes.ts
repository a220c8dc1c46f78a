import type { z } from 'zod';
import type { GetCodeReply, GetCodeRequest } from '../../api/sifely/passcodes.ts';
import { fromHex } from '../../protocol/bytes.ts';
import { ProtocolError } from '../../protocol/errors.ts';
import { localOf } from '../../protocol/ttlock/dates.ts';
import {
	COUNTS,
	RANDOM_TYPE,
	randomPasscode,
	randomPasscodeKey,
	roundPasscode,
	type RandomPasscode,
	type RandomType
} from '../../protocol/ttlock/random-passcodes.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { actorOf, type Holder } from './caller.ts';
import { typeNumbered } from './code-times.ts';
import { insertCode, liveCode, openCode, type PasscodeRow } from './codes.ts';
import { holdDoor, mustManage, type DoorRow } from './doors.ts';
import { SifelyError } from './error.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';

const HOUR = 3_600_000;

/**
 * A random passcode, which the lock computes too and need not be told. Of types that have many for one
 * start each call gives the next; of the others the same call gives the same code. Throws SifelyError
 * `no-lock`, `not-permitted`, `no-passcode-data`, `bad-parameter` for a window that the type does not
 * have, `code-was-deleted`, `same-code`, and `failed` when all of one start are given out.
 */
export async function getCode(
	{ db, secret }: Doors,
	caller: Holder,
	request: z.output<typeof GetCodeRequest>
): Promise<z.input<typeof GetCodeReply>> {
	const type = typeNumbered(request.keyboardPwdType);
	return db.transaction().execute(async (trx) => {
		const { lock } = mustManage(await holdDoor(trx, caller, request.lockId));
		const { pwdInfo } = openLockData(secret, lock);
		if (pwdInfo === null)
			throw new SifelyError('no-passcode-data', 'the lock was paired without passcode data');
		const key = randomPasscodeKey(fromHex(pwdInfo, 61));
		const first = rounded(lock, type, request, 0);
		const place = placeOf(first);
		const given = await givenAt(trx, lock.id, place);
		if (!isCounted(type) && given !== undefined) {
			if (given.state === 'deleted')
				throw new SifelyError(
					'code-was-deleted',
					'there is one code of this period, and it was deleted'
				);
			return { keyboardPwd: openCode(secret, given), keyboardPwdId: given.id };
		}
		let number = given === undefined ? 0 : given.number! + 1;
		let code = randomPasscode(key, rounded(lock, type, request, number));
		while (await liveCode(trx, secret, lock.id, code)) {
			if (!isCounted(type))
				throw new SifelyError('same-code', 'the lock has a passcode with the same digits');
			code = randomPasscode(key, rounded(lock, type, request, ++number));
		}
		const id = await insertCode(trx, secret, {
			lock_id: lock.id,
			sender_id: caller.uid,
			name: request.keyboardPwdName,
			type: request.keyboardPwdType,
			place,
			number,
			waits: null,
			code,
			start_date: first.start - lock.timezone_offset,
			end_date: first.end === null ? 0 : first.end - lock.timezone_offset
		});
		const deed = { lockId: lock.id, passcodeId: id, type: request.keyboardPwdType };
		await audit(trx, caller.companyId, actorOf(caller), 'passcode.add', deed);
		return { keyboardPwd: code, keyboardPwdId: id };
	});
}

function isCounted(type: RandomType): type is keyof typeof COUNTS {
	return type in COUNTS;
}

function rounded(
	lock: DoorRow,
	type: RandomType,
	{ startDate, endDate }: { startDate: number; endDate?: number | undefined },
	index: number
): RandomPasscode {
	if (isCounted(type) && index >= COUNTS[type])
		throw new SifelyError('failed', `all ${COUNTS[type]} codes of this start are given out`);
	const start = localOf(startDate, lock.timezone_offset);
	const end = endDate === undefined ? null : localOf(endDate, lock.timezone_offset);
	try {
		return roundPasscode({ type, start, end, index });
	} catch (cause) {
		if (!(cause instanceof ProtocolError)) throw cause;
		throw new SifelyError('bad-parameter', cause.message, { cause });
	}
}

/** What passcodes of one type and window have in common; cyclic ones know no date. */
function placeOf({ type, start, end }: RandomPasscode): string {
	const isCyclic = RANDOM_TYPE[type] >= RANDOM_TYPE.weekend;
	const at = (local: number) => (isCyclic ? local % (24 * HOUR) : local) / HOUR;
	return [type, at(start), ...(end === null ? [] : [at(end)])].join(':');
}

/** The last passcode that was given out there, deleted ones too; or undefined. */
async function givenAt(trx: Db, lockId: number, place: string): Promise<PasscodeRow | undefined> {
	return trx
		.selectFrom('passcode')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('place', '=', place)
		.orderBy('number', 'desc')
		.limit(1)
		.executeTakeFirst();
}
