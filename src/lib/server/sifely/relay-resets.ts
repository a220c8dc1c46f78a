import type { RelayReply } from '../../api/app/doors.ts';
import { resetKeys } from '../../protocol/ttlock/reset-keys.ts';
import { release } from '../../protocol/ttlock/upkeep.ts';
import { ServerError } from '../error.ts';
import { MOST_FLAG } from './lock-data.ts';
import { resetKeysTo } from './lock-keys.ts';
import { removeDoor } from './locks.ts';
import { adminOf, converse, resultOfEnd, type Turn } from './relay-turn.ts';

/**
 * Ends every eKey at the lock; only when it has proven that are they said to be reset. The same answers
 * once more count no further. Throws ServerError `conflict` for a lock that counts no further.
 */
export async function resetEkeys(turn: Turn): Promise<RelayReply> {
	const { trx, doors, holder, door, data } = turn;
	if (data.lockFlagPos > 0 && (await wasResetSince(turn))) {
		const admin = adminOf(turn);
		const before = { ...admin, lockFlagPos: admin.lockFlagPos - 1 };
		return converse(turn, resetKeys(before), { end: (end) => Promise.resolve(resultOfEnd(end)) });
	}
	if (data.lockFlagPos >= MOST_FLAG) {
		const message = 'This lock counts no further. Reset it, and pair it again.';
		throw new ServerError('conflict', message);
	}
	return converse(turn, resetKeys(adminOf(turn)), {
		end: async (end) => {
			if (end.end === 'refused') return end.result;
			if (end.end !== 'finished') return 'unknown';
			await resetKeysTo(trx, doors.secret, holder, door.lock, data.lockFlagPos + 1);
			return 'success';
		}
	});
}

/** Whether the eKeys were reset after this conversation began: what it has proven is counted. */
async function wasResetSince({ trx, holder, door, at }: Turn): Promise<boolean> {
	const row = await trx
		.selectFrom('audit')
		.select('id')
		.where('company_id', '=', holder.companyId)
		.where('at', '>=', at * 1000)
		.where('deed', '=', 'door-lock.change')
		.where('detail', 'like', `{"lockId":${door.lock.id},"reset":true,%`)
		.limit(1)
		.executeTakeFirst();
	return row !== undefined;
}

/** What a lock that has forgotten us may say to us: it is paired by nobody, or has no key of ours. */
const FORGOTTEN: readonly string[] = ['in-setting-mode', 'no-admin', 'wrong-aes-key', 'was-reset'];

/**
 * Gives the lock back, and forgets it here. The answer to a reset may never come; asked again, a lock
 * that does not know us any more is one that was reset.
 */
export function resetLock(turn: Turn): Promise<RelayReply> {
	const { trx, holder, door, at } = turn;
	const { id, reset_at } = door.lock;
	return converse(turn, release(adminOf(turn)), {
		before: async () => {
			if (reset_at !== null) return;
			await trx
				.updateTable('door_lock')
				.set({ reset_at: at * 1000 })
				.where('id', '=', id)
				.execute();
		},
		end: async (end) => {
			const wasReset = reset_at !== null && 'result' in end && FORGOTTEN.includes(end.result);
			if (end.end === 'refused' && !wasReset) {
				if (reset_at === at * 1000)
					await trx.updateTable('door_lock').set({ reset_at: null }).where('id', '=', id).execute();
				return end.result;
			}
			await removeDoor(trx, holder, id);
			return 'success';
		}
	});
}
