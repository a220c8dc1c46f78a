import type { StoredPasscode } from '../../protocol/ttlock/passcodes.ts';
import { RANDOM_TYPE } from '../../protocol/ttlock/random-passcodes.ts';
import { audit } from '../audit.ts';
import { actorOf } from './caller.ts';
import {
	codeHash,
	insertCode,
	markDeleted,
	openNext,
	sealedCode,
	type PasscodeRow
} from './codes.ts';
import type { Turn } from './relay-turn.ts';

/** How a passcode is called that the lock has and nobody here has made. */
const FOUND = 'Found at the lock';

/**
 * Settles by the lock's own list what it has: what it was told without an answer, what was used, what
 * it lost, and what somebody else has put there.
 */
export async function settleList(turn: Turn, stored: readonly StoredPasscode[]): Promise<void> {
	const { trx, doors, door } = turn;
	const rows = await trx
		.selectFrom('passcode')
		.selectAll()
		.where('lock_id', '=', door.lock.id)
		.where('state', '=', 'live')
		.execute();
	const hashes = new Map(
		stored.map((one) => [codeHash(doors.secret, door.lock.id, one.code), one] as const)
	);
	for (const row of rows) {
		const next = row.next_hash === null ? undefined : hashes.get(row.next_hash);
		const one = hashes.get(row.code_hash);
		hashes.delete(row.code_hash);
		if (row.next_hash !== null) hashes.delete(row.next_hash);
		await settleRow(turn, row, one, next !== undefined);
	}
	for (const one of hashes.values()) await adopt(turn, one);
}

async function settleRow(
	{ trx, doors, door, now }: Turn,
	row: PasscodeRow,
	one: StoredPasscode | undefined,
	isChanged: boolean
): Promise<void> {
	const set = (columns: Partial<PasscodeRow>) =>
		trx.updateTable('passcode').set(columns).where('id', '=', row.id).execute();
	if (one === undefined && isChanged && row.waits === 'change') {
		const { code, startDate, endDate } = openNext(doors.secret, row)!;
		const sealed = sealedCode(doors.secret, row.id, door.lock.id, code);
		const settled = { waits: null, told_at: null, next: null, next_hash: null };
		await set({ ...sealed, ...settled, start_date: startDate, end_date: endDate });
	} else if (one !== undefined) {
		// The lock keeps of random ones those that were used.
		if (row.place !== null && row.used_at === null) await set({ used_at: now });
		if (row.waits === 'add' && isAsWanted(row, one, door.lock.timezone_offset))
			await set({ waits: null, told_at: null });
	} else if (row.waits === 'remove' && !isChanged && (row.place === null || row.used_at !== null))
		await markDeleted(trx, row.id);
	// Lost, or removed at the keypad: it is for a manager to say which.
	else if (row.waits === null && row.place === null) await set({ waits: 'add', told_at: null });
}

function isAsWanted(row: PasscodeRow, one: StoredPasscode, offset: number): boolean {
	const minute = (utc: number) => Math.floor((utc + offset) / 60_000);
	if (row.type === RANDOM_TYPE.permanent) return one.type === 'permanent';
	const { start, end } = one;
	return (
		one.type === 'period' &&
		end !== null &&
		minute(row.start_date) === start / 60_000 &&
		minute(row.end_date) === end / 60_000
	);
}

/** Keeps what somebody else has put into the lock, so that it can be seen and removed. */
async function adopt({ trx, doors, door, holder }: Turn, one: StoredPasscode): Promise<void> {
	if (one.type !== 'permanent' && one.type !== 'period') return;
	const { id: lock_id, timezone_offset: offset } = door.lock;
	const id = await insertCode(trx, doors.secret, {
		lock_id,
		sender_id: null,
		name: FOUND,
		type: RANDOM_TYPE[one.type],
		place: null,
		number: null,
		code: one.code,
		start_date: Math.max(0, one.start - offset),
		end_date: one.end === null ? 0 : Math.max(1, one.end - offset),
		waits: null
	});
	const deed = { lockId: lock_id, passcodeId: id, found: true };
	await audit(trx, holder.companyId, actorOf(holder), 'passcode.add', deed);
}
