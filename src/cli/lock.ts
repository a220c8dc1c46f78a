import { readFileSync } from 'node:fs';
import { AddLockRequest } from '../lib/api/app/locks.ts';
import { Environment, Mac } from '../lib/api/app/shapes.ts';
import type { Server } from '../lib/server/context.ts';
import { parse } from '../lib/server/http/parse.ts';
import { declareRecovery } from '../lib/server/core/recovery.ts';
import { importLocks } from '../lib/server/lock-import.ts';
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
	const request = parse(AddLockRequest, {
		mac,
		hardwareType: need(words, 'hw'),
		name: options.name ?? options.serial ?? mac,
		serial: options.serial,
		place: options.place,
		firmware: options.fw,
		baseKey: options['base-key'],
		environment: options.environment
	});
	const { id } = await companyOf(db, words);
	const by = { companyId: id, actor: ACTOR, name: ACTOR };
	const { lock, baseKey } = await addLock(db, secret, by, request);
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
 * `lock recover`: the keys of one lock, or of all, are declared unknown, as after a restore from a
 * backup. The next online opening of each finds out which the lock holds.
 */
export async function recoverCompanyLocks({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'mac']);
	const { id: companyId } = await companyOf(db, words);
	const { mac } = words.options;
	const macs =
		mac === undefined
			? (
					await db.selectFrom('lock').select('mac').where('company_id', '=', companyId).execute()
				).map((row) => row.mac)
			: [parse(Mac, mac)];
	// One at a time: each is a transaction of its own, and people go on opening meanwhile.
	for (const one of macs) await declareRecovery(db, { companyId }, one);
	return { recovering: macs.length };
}
