import type { RelayReply, RelayRequest } from '../../api/app/doors.ts';
import { concat, fromHex, toHex, type Bytes } from '../../protocol/bytes.ts';
import { replay, type Replayed } from '../../protocol/program.ts';
import { parseAesKeyStr, mintOfflineGrant, type LockData } from '../../protocol/ttlock/grant.ts';
import { ONCE, type Validity } from '../../protocol/ttlock/offline.ts';
import { open, type LockEvent, type LockOutcome } from '../../protocol/ttlock/programs.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import { readLog, type UpkeepEnd, type UpkeepEvent } from '../../protocol/ttlock/upkeep.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import type { Member } from '../people/identity.ts';
import { actorOf, type Holder } from './caller.ts';
import { recurrenceOf } from './doors.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { holderOf, holdPersonDoor, opensNow, type PersonDoor } from './doors-for-people.ts';
import { readingOf } from './readings.ts';
import { keepRecords } from './records.ts';

/*
 * The phone carries sealed frames and never has the AES key: with it and the lock's number a hostile one
 * would open at any time. Nothing is kept between two steps of a conversation; what the lock has answered
 * so far comes with each, and the same answers give the same frame.
 */

/** Seconds that one opening may take, from its first frame to its last answer. */
const TURN = 120;
/** Milliseconds in which the same opening may try again: a link that drops must not use an eKey up. */
const AGAIN = 60_000;

const REASONS = {
	'not-yet': 'Your eKey does not hold yet.',
	expired: 'Your eKey has ended.',
	'outside-hours': 'Your eKey does not hold at this time.',
	used: 'Your eKey was for one opening.',
	frozen: 'Your eKey is frozen.',
	reset: 'Your eKey was reset: ask for another.'
} as const;

/**
 * The next frame of a conversation with a lock that this person may have now. Throws ServerError
 * `not-found`, `not-now`, and `conflict` for one that has taken too long.
 */
export async function relay(
	{ db, secret }: Doors,
	who: Member,
	lockId: number,
	request: RelayRequest,
	now: number = Date.now()
): Promise<RelayReply> {
	const holder = await holderOf(db, who);
	const at = request.at ?? Math.floor(now / 1000);
	if (Math.abs(at - now / 1000) > TURN)
		throw new ServerError('conflict', 'That took too long. Begin again.');
	const answers = request.answers.map((frame) => fromHex(frame));
	return db.transaction().execute(async (trx) => {
		const door = await holdPersonDoor(trx, who, holder.uid, lockId);
		const data = openLockData(secret, door.lock);
		const turn = { trx, doors: { db: trx, secret }, holder, door, data, at, answers, now };
		return request.action === 'log' ? hearLog(turn) : turnBolt(turn, request.action);
	});
}

interface Turn {
	trx: Db;
	doors: Doors;
	holder: Holder;
	door: PersonDoor;
	data: LockData;
	at: number;
	answers: readonly Bytes[];
	now: number;
}

async function turnBolt(turn: Turn, action: 'unlock' | 'lock'): Promise<RelayReply> {
	const { holder, door, data, at, answers, now } = turn;
	const isSpent = door.key?.used_at === spentBy(at);
	if (!isSpent) mustOpen(turn, at * 1000);
	const grant = mintOfflineGrant(data, { ...validityOf(turn.door), uid: holder.uid });
	const step = replay<LockEvent, LockOutcome>(open(grant, at, action), answers);
	// What has happened is heard although the eKey has ended meanwhile, by this opening or by the clock.
	if ('outcome' in step) return settle(turn, action, step.outcome);
	mustOpen(turn, now);
	const opens = step.told.some(({ kind }) => kind === 'writing');
	// Written down before it leaves.
	if (opens && step.send.length > 0) await noteOpening(turn, action);
	return { at, commands: frameOf(step), opensAt: opens ? 0 : null, result: null };
}

/** What the lock is told of when this person may open it. */
function validityOf({ key, isManager }: PersonDoor): Validity {
	if (key === undefined || isManager) return { startDate: 0, endDate: 0, recurrence: null };
	return { startDate: key.start_date, endDate: key.end_date, recurrence: recurrenceOf(key) };
}

/** Throws ServerError `not-now` when this person may not open it at that moment. */
function mustOpen({ door, at }: Turn, moment: number): void {
	const opens = opensNow(door, moment);
	if (opens === 'now') return;
	const isAgain = door.key?.used_at === at * 1000 && moment - at * 1000 <= AGAIN;
	if (opens !== 'used' || !isAgain) throw new ServerError('not-now', REASONS[opens], { reason: opens });
}

/** When an eKey for one opening was used by a conversation that the lock has answered. */
function spentBy(at: number): number {
	return at * 1000 + 1;
}

async function noteOpening({ trx, door, holder, at }: Turn, action: string): Promise<void> {
	const { key, lock } = door;
	if (key?.end_date === ONCE && key.recurrence === null && !door.isManager)
		await trx
			.updateTable('ekey')
			.set({ used_at: at * 1000 })
			.where('id', '=', key.id)
			.execute();
	const deed = { lockId: lock.id, action, at };
	await audit(trx, holder.companyId, actorOf(holder), 'door-lock.open', deed);
}

/** What the lock has said to the frame that opens, or before it. */
async function settle(
	{ trx, doors, door, holder, at, now }: Turn,
	action: 'unlock' | 'lock',
	{ opening, refused, moved }: LockOutcome
): Promise<RelayReply> {
	const { lock, key } = door;
	const result = opening ?? refused ?? 'unknown';
	const finished = { at, commands: [], opensAt: null, result };
	// Never unused again: a refusal proves nothing of the frames that left before.
	if (opening === 'success' && key?.used_at === at * 1000)
		await trx
			.updateTable('ekey')
			.set({ used_at: spentBy(at) })
			.where('id', '=', key.id)
			.execute();
	if (moved === null) return finished;
	const { battery, record } = moved;
	await trx
		.updateTable('door_lock')
		.set({ battery: Math.min(battery, 100), battery_at: now })
		.where('id', '=', lock.id)
		.execute();
	if (record === null) return finished;
	const { time, uid, recordId } = record;
	const reading = readingOf(
		{
			action: action === 'unlock' ? RECORD_ACTION.unlocked : RECORD_ACTION.locked,
			time,
			battery,
			detail: { kind: 'key', uid, recordId, keyId: null }
		},
		lock.timezone_offset
	);
	const place = { companyId: holder.companyId, lockId: lock.id };
	await keepRecords(trx, doors.secret, place, [reading], now);
	return finished;
}

/**
 * Any holder's phone may carry the log: it cannot read it, and working codes stand in it. Throws
 * ServerError `not-now` for a frozen or reset eKey.
 */
async function hearLog(turn: Turn): Promise<RelayReply> {
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
	const { outcome } = step;
	const result = outcome.end === 'refused' ? outcome.result : 'success';
	return { at, commands: [], opensAt: null, result };
}

async function setCursor(trx: Db, lockId: number, log_cursor: number): Promise<void> {
	await trx.updateTable('door_lock').set({ log_cursor }).where('id', '=', lockId).execute();
}

/** The pieces that a conversation wants written, as the one frame that they are. */
function frameOf<E, O>(step: Exclude<Replayed<E, O>, { outcome: O }>): string[] {
	return step.send.length === 0 ? [] : [toHex(concat(...step.send))];
}
