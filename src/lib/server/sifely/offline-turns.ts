import type { OfflineTurn } from '../../api/app/phone-doors.ts';
import { fromHex } from '../../protocol/bytes.ts';
import type { Moved } from '../../protocol/ttlock/answers.ts';
import { ekeyStep } from '../../protocol/ttlock/ekey.ts';
import { mintOfflineGrant } from '../../protocol/ttlock/grant.ts';
import { ALWAYS, ONCE } from '../../protocol/ttlock/offline.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { DAY } from '../lease.ts';
import { actorOf, type Holder } from './caller.ts';
import type { DoorRow } from './doors.ts';
import { openLockData } from './lock-data.ts';
import type { Doors } from './locks.ts';
import { readingOfTurn } from './readings.ts';
import { keepRecords } from './records.ts';

/**
 * What a phone opened or locked without network. Believed is what the lock has answered, sealed under
 * its own key: it becomes the very record that the lock's log tells, so that it is there once whoever
 * brings it first. What has no answer is written down as tried. Nothing is believed of who never had an
 * eKey of the lock.
 * @returns ids of all: a lock that is gone has nothing more to be told of
 */
export async function hearTurns(
	doors: Doors,
	holder: Holder,
	turns: readonly OfflineTurn[],
	now: number
): Promise<string[]> {
	const known = holder.asOwner ? null : await everHeld(doors.db, holder, turns);
	for (const turn of turns) {
		if (known?.has(turn.door) === false) continue;
		await doors.db.transaction().execute(async (trx) => {
			const lock = await trx
				.updateTable('door_lock')
				.set((e) => ({ alias: e.ref('alias') }))
				.where('id', '=', turn.door)
				.where('company_id', '=', holder.companyId)
				.returningAll()
				.executeTakeFirst();
			if (lock !== undefined) await hearTurn(trx, { ...doors, db: trx }, holder, lock, turn, now);
		});
		// better-sqlite3 blocks: others have their turn before the next.
		await new Promise((resolve) => setImmediate(resolve));
	}
	return turns.map(({ id }) => id);
}

/** Of which locks this account has an eKey, or had. */
async function everHeld(
	db: Db,
	{ uid }: Holder,
	turns: readonly OfflineTurn[]
): Promise<Set<number>> {
	if (turns.length === 0) return new Set();
	const rows = await db
		.selectFrom('ekey')
		.select('lock_id')
		.distinct()
		.where('account_id', '=', uid)
		.where(
			'lock_id',
			'in',
			turns.map(({ door }) => door)
		)
		.execute();
	return new Set(rows.map(({ lock_id }) => lock_id));
}

async function hearTurn(
	trx: Db,
	doors: Doors,
	holder: Holder,
	lock: DoorRow,
	{ id, action, at: told, answers }: OfflineTurn,
	now: number
): Promise<void> {
	// No opening is of later than its report, whatever the phone's clock says.
	const at = Math.min(told, Math.floor(now / 1000));
	const data = openLockData(doors.secret, lock);
	const step = ekeyStep(mintOfflineGrant(data, { ...ALWAYS, uid: holder.uid }), {
		at,
		action,
		answers: answers.map((frame) => fromHex(frame))
	});
	const refused = 'result' in step && step.result !== 'success';
	// It may have opened: never unused again.
	if (action === 'unlock' && !refused) await useUp(trx, holder, lock.id, at);
	const proven = 'result' in step && step.result === 'success';
	const deed = { lockId: lock.id, action, at, offline: true, proven, turn: id };
	if (!refused && !(await isWritten(trx, holder, id, now)))
		await audit(trx, holder.companyId, actorOf(holder), 'door-lock.open', deed);
	if (!('result' in step) || step.moved === null) return;
	await noteBattery(trx, lock, step.moved, Math.min(at * 1000, now));
	const reading = readingOfTurn(action, step.moved, lock.timezone_offset);
	if (reading?.uid !== holder.uid) return;
	const place = { companyId: holder.companyId, lockId: lock.id };
	await keepRecords(trx, doors.secret, place, [reading], now, holder.uid);
}

/** Phones send until they are answered; no longer than the longest lease, and then some. */
const REPEATS = 60 * DAY;

async function isWritten(trx: Db, holder: Holder, turn: string, now: number): Promise<boolean> {
	const rows = await trx
		.selectFrom('audit')
		.select('detail')
		.where('company_id', '=', holder.companyId)
		.where('at', '>', now - REPEATS)
		.where('actor', '=', actorOf(holder))
		.where('deed', '=', 'door-lock.open')
		.where('detail', 'like', `%${turn}%`)
		.execute();
	// An id may have an underscore, which stands for any letter there.
	return rows.some(({ detail }) => (JSON.parse(detail) as { turn?: unknown }).turn === turn);
}

async function useUp(trx: Db, { uid }: Holder, lockId: number, at: number): Promise<void> {
	await trx
		.updateTable('ekey')
		.set({ used_at: at * 1000 })
		.where('lock_id', '=', lockId)
		.where('account_id', '=', uid)
		.where('end_date', '=', ONCE)
		.where('recurrence', 'is', null)
		.where('used_at', 'is', null)
		.where('created_at', '<', (at + 1) * 1000)
		.execute();
}

/** A reading of before says nothing of now. */
async function noteBattery(trx: Db, lock: DoorRow, { battery }: Moved, at: number): Promise<void> {
	if (lock.battery_at !== null && lock.battery_at >= at) return;
	await trx
		.updateTable('door_lock')
		.set({ battery: Math.min(battery, 100), battery_at: at })
		.where('id', '=', lock.id)
		.execute();
}
