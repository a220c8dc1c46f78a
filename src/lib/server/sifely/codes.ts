import type { Insertable, Selectable } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { PasscodeTable } from '../db/door-tables.ts';
import { lookupHash, seal, unseal, type Secret } from '../secret.ts';
import { codeNotFound, SifelyError } from './error.ts';
import { newNumber } from './numbers.ts';

export type PasscodeRow = Selectable<PasscodeTable>;

/** What a passcode is found by: its lock and its digits. */
export function codeHash(secret: Secret, lockId: number, code: string): string {
	return lookupHash(secret, { table: 'passcode', column: 'code' }, `${lockId}\0${code}`);
}

/** The digits. Throws SecretError `broken`. */
export function openCode(secret: Secret, { id, code }: Pick<PasscodeRow, 'id' | 'code'>): string {
	return Buffer.from(unseal(secret, placeOf(id), code)).toString();
}

/** Columns of a passcode with these digits. */
export function sealedCode(secret: Secret, id: number, lockId: number, code: string) {
	return {
		code: seal(secret, placeOf(id), Buffer.from(code)),
		code_hash: codeHash(secret, lockId, code)
	};
}

/** What a passcode is given when it is kept. */
type Made = Pick<
	PasscodeTable,
	| 'id'
	| 'code_hash'
	| 'state'
	| 'told_at'
	| 'next'
	| 'next_hash'
	| 'used_at'
	| 'created_at'
	| 'ended_at'
>;

/** What a passcode is to become at its lock. */
export interface NextCode {
	code: string;
	startDate: number;
	endDate: number;
}

/** The columns of it. */
export function sealedNext(secret: Secret, id: number, lockId: number, next: NextCode) {
	const place = { ...placeOf(id), column: 'next' };
	return {
		next: seal(secret, place, Buffer.from(JSON.stringify(next))),
		next_hash: codeHash(secret, lockId, next.code)
	};
}

/** The reverse, or null. Throws SecretError `broken`. */
export function openNext(
	secret: Secret,
	{ id, next }: Pick<PasscodeRow, 'id' | 'next'>
): NextCode | null {
	if (next === null) return null;
	const bytes = unseal(secret, { ...placeOf(id), column: 'next' }, next);
	return JSON.parse(Buffer.from(bytes).toString()) as NextCode;
}

/** Keeps a passcode. Returns its id. */
export async function insertCode(
	trx: Db,
	secret: Secret,
	row: Omit<Insertable<PasscodeTable>, keyof Made>
): Promise<number> {
	const id = await newNumber(trx, 'passcode');
	await trx
		.insertInto('passcode')
		.values({
			...row,
			id,
			...sealedCode(secret, id, row.lock_id, row.code),
			state: 'live',
			told_at: null,
			next: null,
			next_hash: null,
			used_at: null,
			created_at: Date.now(),
			ended_at: null
		})
		.execute();
	return id;
}

/** Deletes a passcode here. */
export async function markDeleted(trx: Db, id: number): Promise<void> {
	await trx
		.updateTable('passcode')
		.set({
			state: 'deleted',
			waits: null,
			told_at: null,
			next: null,
			next_hash: null,
			ended_at: Date.now()
		})
		.where('id', '=', id)
		.execute();
}

/** The living passcode of a lock with these digits, or undefined. */
export async function liveCode(
	db: Db,
	secret: Secret,
	lockId: number,
	code: string
): Promise<PasscodeRow | undefined> {
	return db
		.selectFrom('passcode')
		.selectAll()
		.where('lock_id', '=', lockId)
		.where('code_hash', '=', codeHash(secret, lockId, code))
		.where('state', '=', 'live')
		.executeTakeFirst();
}

/** A living passcode of a lock. Throws SifelyError `no-passcode`. */
export async function codeNumbered(db: Db, lockId: number, id: number): Promise<PasscodeRow> {
	const row = await db
		.selectFrom('passcode')
		.selectAll()
		.where('id', '=', id)
		.where('lock_id', '=', lockId)
		.where('state', '=', 'live')
		.executeTakeFirst();
	if (row === undefined) throw codeNotFound();
	return row;
}

/**
 * A passcode that somebody has thought of. Throws SifelyError `too-simple` for one digit only, or
 * digits that run up or down; `same-code` when the lock has it already.
 */
export async function mustBeNew(
	db: Db,
	secret: Secret,
	lockId: number,
	code: string,
	adminCode: string | null
): Promise<void> {
	if (isSimple(code)) throw new SifelyError('too-simple', 'the passcode is too simple');
	const becoming = await db
		.selectFrom('passcode')
		.select('id')
		.where('lock_id', '=', lockId)
		.where('next_hash', '=', codeHash(secret, lockId, code))
		.where('state', '=', 'live')
		.executeTakeFirst();
	if (code === adminCode || becoming || (await liveCode(db, secret, lockId, code)))
		throw new SifelyError('same-code', 'the lock has this passcode already');
}

function isSimple(code: string): boolean {
	const steps = [...code].slice(1).map((digit, at) => Number(digit) - Number(code[at]));
	const [first] = steps;
	return first !== undefined && Math.abs(first) <= 1 && steps.every((step) => step === first);
}

function placeOf(id: number) {
	return { table: 'passcode', row: String(id), column: 'code' };
}
