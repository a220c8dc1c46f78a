import type { z } from 'zod';
import type * as api from '../../api/app/passcodes.ts';
import { RANDOM_KINDS } from '../../api/app/passcodes.ts';
import { localOf } from '../../protocol/ttlock/dates.ts';
import { RANDOM_TYPE } from '../../protocol/ttlock/random-passcodes.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import { DAY } from '../lease.ts';
import type { Member } from '../people/identity.ts';
import type { Secret } from '../secret.ts';
import { isOver, useBefore } from './code-times.ts';
import { openCode, openNext } from './codes.ts';
import { keepCustom } from './custom-codes.ts';
import { heldDoor, holdDoor, mustManage, type DoorRow } from './doors.ts';
import { managerOf } from './doors-for-people.ts';
import { codeNotFound } from './error.ts';
import type { Doors } from './locks.ts';
import { MOST_ROWS } from './page.ts';
import { mustOutlast } from './periods.ts';
import { getCode } from './random-codes.ts';
import { inOurWords } from './refusals.ts';

/** The passcodes of a lock, newest first. Throws ServerError `not-found`, `forbidden`. */
export async function listPersonCodes(
	{ db, secret }: Doors,
	who: Member,
	lockId: number
): Promise<z.input<typeof api.PasscodesReply>> {
	const by = await managerOf(db, who);
	const { lock } = await inOurWords(async () => mustManage(await heldDoor(db, by, lockId)));
	const rows = await madeCodes(db, lock.id)
		.limit(MOST_ROWS + 1)
		.execute();
	const now = Date.now();
	const passcodes = rows.slice(0, MOST_ROWS).map((row) => toPasscode(secret, row, lock, now));
	return { passcodes, isCut: rows.length > MOST_ROWS };
}

function madeCodes(db: Db, lockId: number) {
	return db
		.selectFrom('passcode')
		.leftJoin('sifely_account as maker', 'maker.id', 'passcode.sender_id')
		.leftJoin('user as person', 'person.id', 'maker.user_id')
		.selectAll('passcode')
		.select(['maker.username as makerUsername', 'person.name as makerName'])
		.where('passcode.lock_id', '=', lockId)
		.where('passcode.state', '=', 'live')
		.orderBy('passcode.created_at', 'desc')
		.orderBy('passcode.id', 'desc');
}

type MadeCode = Awaited<ReturnType<ReturnType<typeof madeCodes>['executeTakeFirstOrThrow']>>;

/** One of them, in our words. Throws SifelyError `no-passcode`. */
export async function showCode(
	db: Db,
	secret: Secret,
	lock: DoorRow,
	id: number
): Promise<api.Passcode> {
	const row = await madeCodes(db, lock.id).where('passcode.id', '=', id).executeTakeFirst();
	if (row === undefined) throw codeNotFound();
	return toPasscode(secret, row, lock, Date.now());
}

function toPasscode(secret: Secret, row: MadeCode, lock: DoorRow, now: number): api.Passcode {
	return {
		id: row.id,
		name: row.name,
		code: openCode(secret, row),
		origin: row.place === null ? 'custom' : 'random',
		kind: RANDOM_KINDS[row.type - 1]!,
		startDate: row.start_date,
		endDate: row.end_date,
		useBefore: useBefore(row, lock),
		usedAt: row.used_at,
		isOver: isOver(row, now),
		waits: row.waits,
		isUnknown: row.waits !== null && row.told_at !== null,
		next: openNext(secret, row),
		maker: row.makerName ?? row.makerUsername,
		createdAt: row.created_at
	};
}

/**
 * A random passcode, which works at once, or a custom one, which waits for the lock. Throws ServerError
 * `not-found`, `forbidden`, `bad-input`, `conflict`.
 */
export async function addPersonCode(
	doors: Doors,
	who: Member,
	lockId: number,
	request: api.AddPasscodeRequest
): Promise<api.Passcode> {
	const { db, secret } = doors;
	const by = await managerOf(db, who);
	return inOurWords(async () => {
		const held = mustManage(await heldDoor(db, by, lockId));
		const { lock } = held;
		if (request.origin === 'custom') {
			const { name, code, period } = request;
			mustBePeriod(period);
			mustOutlast(held, { startDate: 0, endDate: 0, ...period, recurrence: null });
			const id = await db.transaction().execute(async (trx) => {
				const held = mustManage(await holdDoor(trx, by, lockId));
				return keepCustom(trx, secret, by, held.lock, {
					name,
					code,
					type: period === undefined ? RANDOM_TYPE.permanent : RANDOM_TYPE.period,
					start_date: period?.startDate ?? 0,
					end_date: period?.endDate ?? 0,
					waits: 'add'
				});
			});
			return showCode(db, secret, lock, id);
		}
		const endDate = endOf(request, lock);
		mustOutlast(held, {
			startDate: request.startDate,
			endDate: endDate ?? 0,
			recurrence: null
		});
		const { keyboardPwdId } = await getCode(doors, by, {
			lockId,
			keyboardPwdType: RANDOM_TYPE[request.kind],
			keyboardPwdName: request.name,
			startDate: request.startDate,
			endDate
		});
		return showCode(db, secret, lock, keyboardPwdId);
	});
}

/** Throws ServerError `bad-input`. */
export function mustBePeriod(period: { startDate: number; endDate: number } | undefined): void {
	if (period !== undefined && period.endDate <= period.startDate)
		throw new ServerError('bad-input', 'A passcode ends after it begins.');
}

/** Of days of the week the hour of an end, on the day of the start, by the lock's clock. */
function endOf(
	{
		kind,
		startDate,
		endDate
	}: { kind: api.RandomKind; startDate: number; endDate?: number | undefined },
	{ timezone_offset: offset }: DoorRow
): number | undefined {
	if (endDate === undefined || RANDOM_TYPE[kind] < RANDOM_TYPE.weekend) return endDate;
	const day = Math.floor(localOf(startDate, offset) / DAY) * DAY;
	const hours = localOf(endDate, offset) % DAY;
	return day + (hours === 0 ? DAY : hours) - offset;
}
