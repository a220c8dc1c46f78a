import type { RelayReply } from '../../api/app/doors.ts';
import { localOf, PERMANENT } from '../../protocol/ttlock/dates.ts';
import type { PasscodeType } from '../../protocol/ttlock/passcodes.ts';
import { RANDOM_TYPE } from '../../protocol/ttlock/random-passcodes.ts';
import { settlePasscode, type WantedPasscode } from '../../protocol/ttlock/settle-passcode.ts';
import { listAll } from '../../protocol/ttlock/upkeep.ts';
import { audit } from '../audit.ts';
import { notFound } from '../error.ts';
import { actorOf } from './caller.ts';
import {
	markDeleted,
	openCode,
	openNext,
	sealedCode,
	type NextCode,
	type PasscodeRow
} from './codes.ts';
import { settleList } from './code-settling.ts';
import { isSpent } from './code-times.ts';
import { adminOf, converse, resultOfEnd, type Turn } from './relay-turn.ts';

/**
 * Tells the lock what waits for it of one passcode; one of which nothing waits is done. Throws
 * ServerError `not-found`.
 */
export async function tellPasscode(turn: Turn, id: number): Promise<RelayReply> {
	const { trx, doors, door, at, now } = turn;
	const row = await trx
		.selectFrom('passcode')
		.selectAll()
		.where('id', '=', id)
		.where('lock_id', '=', door.lock.id)
		.executeTakeFirst();
	if (row === undefined) throw notFound();
	// Its success was written down, and only the answer to the phone was lost.
	if (row.waits === null) return { at, commands: [], opensAt: null, result: 'success' };
	const code = openCode(doors.secret, row);
	const next = openNext(doors.secret, row);
	const wanted = wantedOf(
		row.waits,
		{ code, startDate: row.start_date, endDate: row.end_date },
		next
	);
	const wish = {
		had: row.waits === 'add' ? [] : [code, ...(next && wanted === null ? [next.code] : [])],
		type: typeAtLock(row),
		want: wanted && atLock(wanted, row, door.lock.timezone_offset)
	};
	return converse(turn, settlePasscode(adminOf(turn), wish), {
		before: async () => {
			if (row.told_at === null) await setTold(turn, id, at * 1000);
		},
		end: async ({ found, ...end }) => {
			if (end.end === 'refused') {
				// Such a one was not taken, and nothing of before was touched.
				const isUntouched = end.result === 'passcodes-full' && row.waits === 'add';
				if (isUntouched) await setTold(turn, id, null);
				return end.result;
			}
			if (wanted !== null) return settle(turn, row, wanted);
			const isNowhere = found || row.used_at !== null || isSpent(row, door.lock, now);
			if (row.place === null || isNowhere) return forget(turn, id);
			// It was never used, so the lock does not know it, and takes it when it is typed. But if it was
			// told before, it may have forgotten it then: its log says whether it was used.
			if (row.told_at === null || row.told_at === at * 1000)
				await trx
					.updateTable('passcode')
					.set({ waits: null, told_at: null })
					.where('id', '=', id)
					.execute();
			return 'passcode-not-found';
		}
	});
}

function wantedOf(
	waits: PasscodeRow['waits'],
	known: NextCode,
	next: NextCode | null
): NextCode | null {
	if (waits === 'remove') return null;
	return waits === 'change' && next ? next : known;
}

function atLock(
	{ code, startDate, endDate }: NextCode,
	{ type }: PasscodeRow,
	offset: number
): WantedPasscode {
	// A lock counts 2000 to 2099.
	const start = Math.max(localOf(startDate, offset), PERMANENT.start);
	if (type === RANDOM_TYPE.permanent) return { type: 'permanent', code, start, end: null };
	const end = Math.max(localOf(endDate, offset), start + 60_000);
	return { type: 'period', code, start, end: Math.min(end, PERMANENT.end) };
}

function typeAtLock({ type }: PasscodeRow): PasscodeType {
	if (type >= RANDOM_TYPE.weekend) return 'cyclic';
	if (type === RANDOM_TYPE.once) return 'once';
	return type === RANDOM_TYPE.permanent ? 'permanent' : 'period';
}

/** The lock has it as it is wanted. */
async function settle(
	{ trx, doors, door, holder }: Turn,
	{ id, waits }: PasscodeRow,
	{ code, startDate, endDate }: NextCode
): Promise<string> {
	const lockId = door.lock.id;
	await trx
		.updateTable('passcode')
		.set({
			...sealedCode(doors.secret, id, lockId, code),
			start_date: startDate,
			end_date: endDate,
			waits: null,
			told_at: null,
			next: null,
			next_hash: null
		})
		.where('id', '=', id)
		.execute();
	const deed = { lockId, passcodeId: id, atLock: waits };
	await audit(trx, holder.companyId, actorOf(holder), 'passcode.change', deed);
	return 'success';
}

async function forget({ trx, door, holder }: Turn, id: number): Promise<string> {
	await markDeleted(trx, id);
	const deed = { lockId: door.lock.id, passcodeId: id };
	await audit(trx, holder.companyId, actorOf(holder), 'passcode.delete', deed);
	return 'success';
}

async function setTold({ trx }: Turn, id: number, told_at: number | null): Promise<void> {
	await trx.updateTable('passcode').set({ told_at }).where('id', '=', id).execute();
}

/** Asks for all passcodes of the lock, and settles by them which of ours it has. */
export function readPasscodes(turn: Turn): Promise<RelayReply> {
	return converse(turn, listAll(adminOf(turn)), {
		end: async ({ passcodes, ...end }) => {
			if (end.end === 'finished') await settleList(turn, passcodes);
			return resultOfEnd(end);
		}
	});
}
