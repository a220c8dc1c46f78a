import { readFileSync } from 'node:fs';
import { AddLockRequest } from '../lib/api/app/locks.ts';
import { Environment, Mac } from '../lib/api/app/shapes.ts';
import type { Server } from '../lib/server/context.ts';
import { parse } from '../lib/server/http/parse.ts';
import { declareFobRecovery, declareRecovery } from '../lib/server/core/recovery.ts';
import type { Db } from '../lib/server/db/connect.ts';
import { resetKeys } from '../lib/server/key-reset.ts';
import { importLocks } from '../lib/server/lock-import.ts';
import { moveLock } from '../lib/server/lock-move.ts';
import { addLock } from '../lib/server/locks.ts';
import { ACTOR, companyOf } from './company.ts';
import { MistakesError } from './failure.ts';
import { expect, need, only, type Words } from './words.ts';

/** `lock add`: the lock with its base key. */
export async function addCompanyLock({ db, secret }: Server, words: Words): Promise<object> {
	const { options } = words;
	expect(words, [
		'company',
		'mac',
		'serial',
		'hw',
		'fw',
		'name',
		'place',
		'environment',
		'base-key'
	]);
	const mac = need(words, 'mac');
	const named = options.name ?? options.serial;
	const request = parse(AddLockRequest, {
		mac,
		hardwareType: need(words, 'hw'),
		name: named ?? mac,
		serial: options.serial,
		place: options.place,
		firmware: options.fw,
		baseKey: options['base-key'],
		environment: options.environment
	});
	const { id } = await companyOf(db, words);
	const by = { companyId: id, actor: ACTOR, name: ACTOR };
	const name = named === undefined ? request.mac : request.name;
	const { lock, baseKey } = await addLock(db, secret, by, { ...request, name });
	return { lock: { ...lock, baseKey } };
}

/** `lock import FILE.csv`: every lock of the file, or none and its mistakes. */
export async function importCompanyLocks({ db, secret }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'environment'], 1);
	const file = only(words, 'file');
	const environment = parse(Environment, words.options.environment ?? 'production');
	const { id } = await companyOf(db, words);
	const by = { companyId: id, actor: ACTOR, name: ACTOR };
	const result = await importLocks(db, secret, by, environment, readFileSync(file, 'utf8'));
	if ('mistakes' in result) throw new MistakesError(result.mistakes);
	return result;
}

/**
 * `lock recover`: the keys of one lock or fob, or of all, are declared unknown, as after a restore
 * from a backup. The next online opening of each lock, the next sync of each fob, finds out which
 * it holds.
 */
export async function recoverCompanyLocks({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'mac']);
	const { id: companyId } = await companyOf(db, words);
	const wanted = words.options.mac === undefined ? null : parse(Mac, words.options.mac);
	const fobs = await fobMacs(db, companyId);
	const chosen = wanted === null ? fobs : fobs.filter((mac) => mac === wanted);
	const isFob = wanted !== null && chosen.length > 0;
	const locks = wanted === null ? await lockMacs(db, companyId) : isFob ? [] : [wanted];
	// One at a time: each is a transaction of its own, and people go on opening meanwhile.
	for (const mac of locks) await declareRecovery(db, { companyId }, mac);
	for (const mac of chosen) await declareFobRecovery(db, companyId, mac);
	return { recovering: locks.length + chosen.length };
}

async function lockMacs(db: Db, companyId: string): Promise<string[]> {
	const rows = db.selectFrom('lock').select('mac').where('company_id', '=', companyId);
	return (await rows.execute()).map(({ mac }) => mac);
}

async function fobMacs(db: Db, companyId: string): Promise<string[]> {
	const rows = db.selectFrom('fob').select('mac').where('company_id', '=', companyId);
	return (await rows.execute()).map(({ mac }) => mac);
}

/** `lock reset`: every key of the lock gets another value with its next online unlock. */
export async function resetCompanyLock({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'mac']);
	const mac = parse(Mac, need(words, 'mac'));
	const { id: companyId } = await companyOf(db, words);
	return { mac, keys: await resetKeys(db, { companyId, actor: ACTOR }, mac) };
}

/** `lock move`: the lock, with its history, to the other environment. */
export async function moveCompanyLock({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'mac', 'environment']);
	const mac = parse(Mac, need(words, 'mac'));
	const environment = parse(Environment, need(words, 'environment'));
	const { id: companyId } = await companyOf(db, words);
	await moveLock(db, { companyId, actor: ACTOR }, mac, environment);
	return { mac, environment };
}
