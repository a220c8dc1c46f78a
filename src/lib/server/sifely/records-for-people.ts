import type { z } from 'zod';
import type * as api from '../../api/app/door-records.ts';
import { RECORD_ACTION } from '../../protocol/ttlock/records.ts';
import type { Db } from '../db/connect.ts';
import type { Member } from '../people/identity.ts';
import type { Secret } from '../secret.ts';
import { codeHash } from './codes.ts';
import { heldDoor, mustManage } from './doors.ts';
import { managerOf } from './doors-for-people.ts';
import type { Doors } from './locks.ts';
import { openRecordCode, type RecordRow } from './records.ts';
import { inOurWords } from './refusals.ts';

const DEEDS: ReadonlyMap<number, api.DoorDeed> = new Map<number, api.DoorDeed>([
	[RECORD_ACTION.unlocked, 'unlocked'],
	[RECORD_ACTION.locked, 'locked'],
	[RECORD_ACTION.unlockedByPasscode, 'unlocked-by-passcode'],
	[RECORD_ACTION.lockedByPasscode, 'locked-by-passcode'],
	[RECORD_ACTION.wrongPasscode, 'wrong-passcode'],
	[RECORD_ACTION.passcodeExpired, 'passcode-over'],
	[RECORD_ACTION.passcodeBlacklisted, 'passcode-refused'],
	[RECORD_ACTION.passcodeChanged, 'passcode-changed'],
	[RECORD_ACTION.passcodeRemoved, 'passcode-removed'],
	[RECORD_ACTION.passcodePushedOut, 'passcode-removed'],
	[RECORD_ACTION.passcodesCleared, 'passcodes-cleared'],
	[RECORD_ACTION.deleteCodeUsed, 'delete-code-used'],
	[RECORD_ACTION.passcodesFull, 'passcodes-full'],
	[RECORD_ACTION.unlockedByCard, 'unlocked-by-card'],
	[25, 'card-refused'],
	[39, 'card-refused'],
	[RECORD_ACTION.unlockedByFingerprint, 'unlocked-by-fingerprint'],
	[22, 'fingerprint-refused'],
	[40, 'fingerprint-refused'],
	[RECORD_ACTION.unlockedByKey, 'unlocked-by-key'],
	[RECORD_ACTION.lockedByKey, 'locked-by-key'],
	[RECORD_ACTION.unlockedByGateway, 'unlocked-by-gateway'],
	[RECORD_ACTION.remoteControl, 'unlocked-by-fob'],
	[RECORD_ACTION.fobUsed, 'unlocked-by-fob'],
	[RECORD_ACTION.unlockedFromInside, 'unlocked-from-inside'],
	[RECORD_ACTION.unlockedByButton, 'unlocked-by-button'],
	[RECORD_ACTION.lockedByButton, 'locked-by-button'],
	[RECORD_ACTION.autoLocked, 'auto-locked'],
	[RECORD_ACTION.passcodeBehindDeadBolt, 'dead-bolt'],
	[RECORD_ACTION.refusedByDeadBolt, 'dead-bolt'],
	[RECORD_ACTION.lockedOut, 'locked-out'],
	[RECORD_ACTION.forced, 'forced'],
	[RECORD_ACTION.tampered, 'tampered'],
	[RECORD_ACTION.startUp, 'started']
]);

/** A page of what a lock's log said, newest first. Throws ServerError `not-found`, `forbidden`. */
export async function listPersonRecords(
	{ db, secret }: Doors,
	who: Member,
	lockId: number,
	{ before, limit }: z.output<typeof api.DoorRecordsQuery>
): Promise<z.input<typeof api.DoorRecordsReply>> {
	const by = await managerOf(db, who);
	await inOurWords(async () => mustManage(await heldDoor(db, by, lockId)));
	let records = db.selectFrom('door_record').selectAll().where('lock_id', '=', lockId);
	if (before !== undefined) {
		const [date = 0, id = 0] = before.split('-').map(Number);
		records = records.where((e) =>
			e.or([e('lock_date', '<', date), e.and([e('lock_date', '=', date), e('id', '<', id)])])
		);
	}
	const found = await records
		.orderBy('lock_date', 'desc')
		.orderBy('id', 'desc')
		.limit(limit + 1)
		.execute();
	const rows = found.slice(0, limit);
	const last = rows.at(-1);
	const people = await peopleOf(db, by.companyId, rows);
	const codes = await codesOf(db, secret, lockId, rows);
	return {
		records: rows.map((row) => ({
			id: String(row.id),
			deed: DEEDS.get(row.type_from_lock) ?? 'other',
			at: row.lock_date,
			success: row.success === 1,
			who: people.get(row.uid ?? 0) ?? (row.username === '' ? null : row.username),
			passcode: codes.get(row.id) ?? null,
			battery: row.battery
		})),
		next: found.length > limit && last ? `${last.lock_date}-${last.id}` : null
	};
}

/** Names of the people whose accounts these are. */
async function peopleOf(
	db: Db,
	companyId: string,
	rows: readonly RecordRow[]
): Promise<Map<number, string>> {
	const uids = [...new Set(rows.flatMap(({ uid }) => (uid && uid < 2 ** 31 ? [uid] : [])))];
	if (uids.length === 0) return new Map();
	const people = await db
		.selectFrom('sifely_account')
		.innerJoin('user', 'user.id', 'sifely_account.user_id')
		.select(['sifely_account.id', 'user.name'])
		.where('sifely_account.company_id', '=', companyId)
		.where('sifely_account.id', 'in', uids)
		.execute();
	return new Map(people.map(({ id, name }) => [id, name]));
}

/** Names of the passcodes that were typed, the living before the deleted. */
async function codesOf(
	db: Db,
	secret: Secret,
	lockId: number,
	rows: readonly RecordRow[]
): Promise<Map<number, string>> {
	const hashes = new Map<number, string>();
	for (const row of rows) {
		const code = openRecordCode(secret, row);
		if (code !== null) hashes.set(row.id, codeHash(secret, lockId, code));
	}
	if (hashes.size === 0) return new Map();
	const codes = await db
		.selectFrom('passcode')
		.select(['code_hash', 'name'])
		.where('lock_id', '=', lockId)
		.where('code_hash', 'in', [...new Set(hashes.values())])
		// Later rows of the same digits take the place of earlier ones.
		.orderBy('state')
		.orderBy('created_at')
		.execute();
	const names = new Map(codes.map(({ code_hash, name }) => [code_hash, name]));
	return new Map(
		[...hashes].flatMap(([id, hash]) => {
			const name = names.get(hash);
			return name === undefined ? [] : [[id, name] as const];
		})
	);
}
