import type { RelayReply } from '../../api/app/doors.ts';
import { replay } from '../../protocol/program.ts';
import { mintOfflineGrant } from '../../protocol/ttlock/grant.ts';
import { ALWAYS, ONCE, type Validity } from '../../protocol/ttlock/offline.ts';
import { open, type LockEvent, type LockOutcome } from '../../protocol/ttlock/programs.ts';
import { audit } from '../audit.ts';
import { ServerError } from '../error.ts';
import { actorOf } from './caller.ts';
import { periodOf } from './doors.ts';
import { opensNow, type PersonDoor } from './doors-for-people.ts';
import { readingOfTurn } from './readings.ts';
import { keepRecords } from './records.ts';
import { frameOf, type Turn } from './relay-turn.ts';

/** Milliseconds in which the same opening may try again: a link that drops must not use an eKey up. */
const AGAIN = 60_000;

/** Why an eKey opens nothing now. */
export const REASONS = {
	'not-yet': 'Your eKey does not hold yet.',
	expired: 'Your eKey has ended.',
	'outside-hours': 'Your eKey does not hold at this time.',
	used: 'Your eKey was for one opening.',
	frozen: 'Your eKey is frozen.',
	reset: 'Your eKey was reset: ask for another.'
} as const;

/** Opens or locks. Throws ServerError `not-now`. */
export async function turnBolt(turn: Turn, action: 'unlock' | 'lock'): Promise<RelayReply> {
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
	return key === undefined || isManager ? ALWAYS : periodOf(key);
}

/** Throws ServerError `not-now` when this person may not open it at that moment. */
function mustOpen({ door, at }: Turn, moment: number): void {
	const opens = opensNow(door, moment);
	if (opens === 'now') return;
	const isAgain = door.key?.used_at === at * 1000 && moment - at * 1000 <= AGAIN;
	if (opens !== 'used' || !isAgain)
		throw new ServerError('not-now', REASONS[opens], { reason: opens });
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
	await trx
		.updateTable('door_lock')
		.set({ battery: Math.min(moved.battery, 100), battery_at: now })
		.where('id', '=', lock.id)
		.execute();
	// Their phone may have the AES key: it speaks for nobody else.
	if (moved.record?.uid !== holder.uid) return finished;
	const reading = readingOfTurn(action, moved, lock.timezone_offset);
	if (reading === null) return finished;
	const place = { companyId: holder.companyId, lockId: lock.id };
	await keepRecords(trx, doors.secret, place, [reading], now, holder.uid);
	return finished;
}
