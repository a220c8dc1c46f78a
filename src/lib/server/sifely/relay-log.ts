import type { RelayReply } from '../../api/app/doors.ts';
import { replay } from '../../protocol/program.ts';
import { parseAesKeyStr } from '../../protocol/ttlock/grant.ts';
import { readLog, type UpkeepEnd, type UpkeepEvent } from '../../protocol/ttlock/upkeep.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import { readingOf } from './readings.ts';
import { keepRecords } from './records.ts';
import { REASONS } from './relay-bolt.ts';
import { frameOf, resultOfEnd, type Turn } from './relay-turn.ts';

/**
 * Any holder's phone may carry the log: it cannot read it, and working codes stand in it. Throws
 * ServerError `not-now` for a frozen or reset eKey.
 */
export async function hearLog(turn: Turn): Promise<RelayReply> {
	const { trx, doors, holder, door, data, at, answers, now } = turn;
	const { lock, key } = door;
	if (!door.isManager && (key?.state === 'frozen' || key?.state === 'reset'))
		throw new ServerError('not-now', REASONS[key.state], { reason: key.state });
	const address = { header: data.lockVersion, aesKey: parseAesKeyStr(data.aesKeyStr) };
	const step = replay<UpkeepEvent, UpkeepEnd & { cursor: unknown }>(
		readLog(address, lock.log_cursor),
		answers.slice(-1)
	);
	for (const event of step.told) {
		if (event.kind === 'from-the-start') await setCursor(trx, lock.id, 0);
		if (event.kind !== 'records') continue;
		const readings = event.records.map((record) => readingOf(record, lock.timezone_offset));
		const place = { companyId: holder.companyId, lockId: lock.id };
		await keepRecords(trx, doors.secret, place, readings, now);
		await setCursor(trx, lock.id, event.next);
	}
	if (!('outcome' in step)) return { at, commands: frameOf(step), opensAt: null, result: null };
	return { at, commands: [], opensAt: null, result: resultOfEnd(step.outcome) };
}

async function setCursor(trx: Db, lockId: number, log_cursor: number): Promise<void> {
	await trx.updateTable('door_lock').set({ log_cursor }).where('id', '=', lockId).execute();
}
