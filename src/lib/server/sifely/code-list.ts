import { sql } from 'kysely';
import type { z } from 'zod';
import type * as api from '../../api/sifely/passcodes.ts';
import { RANDOM_TYPE } from '../../protocol/ttlock/random-passcodes.ts';
import type { Holder } from './caller.ts';
import { codeHash, openCode, type PasscodeRow } from './codes.ts';
import { heldDoor, mustManage } from './doors.ts';
import type { Doors } from './locks.ts';
import { containing, offsetOf, pageWith } from './page.ts';

/**
 * The passcodes of a lock that were not deleted, found by a part of the name or by all digits. Throws
 * SifelyError `no-lock`, `not-permitted`.
 */
export async function listCodes(
	{ db, secret }: Doors,
	caller: Holder,
	request: z.output<typeof api.ListCodesRequest>
): Promise<z.input<typeof api.ListCodesReply>> {
	const { lockId, searchStr, orderBy } = request;
	mustManage(await heldDoor(db, caller, lockId));
	let codes = db
		.selectFrom('passcode')
		.where('passcode.lock_id', '=', lockId)
		.where('passcode.state', '=', 'live')
		// What no lock has been told of yet is no passcode to this API.
		.where((e) => e.or([e('passcode.waits', 'is', null), e('passcode.waits', '<>', 'add')]));
	if (searchStr !== undefined) {
		const part = containing(searchStr);
		codes = codes.where((e) =>
			e.or([
				e('passcode.code_hash', '=', codeHash(secret, lockId, searchStr)),
				sql<boolean>`lower(passcode.name) like lower(${part}) escape '\\'`
			])
		);
	}
	const { total } = await codes
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const sorted =
		orderBy === '1'
			? codes.orderBy('passcode.created_at', 'desc').orderBy('passcode.id', 'desc')
			: codes.orderBy('passcode.name', orderBy === '0' ? 'asc' : 'desc').orderBy('passcode.id');
	const rows = await sorted
		.leftJoin('sifely_account as sender', 'sender.id', 'passcode.sender_id')
		.selectAll('passcode')
		.select('sender.username as senderUsername')
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	const now = Date.now();
	const list = rows.map((row) => ({
		keyboardPwdId: row.id,
		lockId,
		keyboardPwd: openCode(secret, row),
		keyboardPwdName: row.name,
		keyboardPwdType: row.type,
		startDate: row.start_date,
		endDate: row.end_date,
		sendDate: row.created_at,
		isCustom: row.place === null ? 1 : 0,
		senderUsername: row.senderUsername ?? '',
		status: isOver(row, now) ? 2 : 1
	}));
	return pageWith(list, request, total);
}

function isOver({ type, end_date }: PasscodeRow, now: number): boolean {
	// From there on a window is hours of days, and no date ends it.
	return type < RANDOM_TYPE.weekend && end_date !== 0 && end_date <= now;
}
