import type { RelayReply } from '../../api/app/doors.ts';
import { replay } from '../../protocol/program.ts';
import { parseAesKeyStr } from '../../protocol/ttlock/grant.ts';
import { readLog, type UpkeepEnd, type UpkeepEvent } from '../../protocol/ttlock/upkeep.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import { opensNow } from './doors-for-people.ts';
import { readingOf } from './readings.ts';
import { keepRecords } from './records.ts';
import { REASONS } from './relay-bolt.ts';
import { administers, frameOf, resultOfEnd, type Turn } from './relay-turn.ts';

/**
 * The log by the phone of anyone who may open now, which learns nothing of what it carries from here.
 * It may have the lock's AES key for openings without network, and could make up a log: of a plain
 * holder only their own records are believed, and where reading goes on stays as it is. Throws
 * ServerError `not-now` for an eKey that does not open.
 */
export async function hearLog(turn: Turn): Promise<RelayReply> {
	const { trx, doors, holder, door, data, at, answers, now } = turn;
	const { lock } = door;
	const opens = opensNow(door, now);
	if (opens !== 'now') throw new ServerError('not-now', REASONS[opens], { reason: opens });
	const only = administers(turn) ? null : holder.uid;
	const address = { header: data.lockVersion, aesKey: parseAesKeyStr(data.aesKeyStr) };
	const step = replay<UpkeepEvent, UpkeepEnd & { cursor: unknown }>(
		readLog(address, lock.log_cursor),
		answers.slice(-1)
	);
	for (const event of step.told) {
		if (event.kind === 'from-the-start' && only === null) await setCursor(trx, lock.id, 0);
		if (event.kind !== 'records') continue;
		const readings = event.records
			.map((record) => readingOf(record, lock.timezone_offset))
			.filter(({ uid }) => only === null || uid === only);
		const place = { companyId: holder.companyId, lockId: lock.id };
		await keepRecords(trx, doors.secret, place, readings, now, only);
		// The last answer alone tells which page is next.
		if (only === null) await setCursor(trx, lock.id, event.next);
	}
	if (!('outcome' in step)) return { at, commands: frameOf(step), opensAt: null, result: null };
	return { at, commands: [], opensAt: null, result: resultOfEnd(step.outcome) };
}

async function setCursor(trx: Db, lockId: number, log_cursor: number): Promise<void> {
	await trx.updateTable('door_lock').set({ log_cursor }).where('id', '=', lockId).execute();
}
