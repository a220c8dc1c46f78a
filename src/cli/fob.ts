import type { Server } from '../lib/server/context.ts';
import { AddFob, addFob } from '../lib/server/fobs.ts';
import { parse } from '../lib/server/http/parse.ts';
import { ACTOR, companyOf } from './company.ts';
import { expect, need, type Words } from './words.ts';

/** `fob add`: the fob with its base key. */
export async function addCompanyFob({ db, secret }: Server, words: Words): Promise<object> {
	const { options } = words;
	expect(words, ['company', 'mac', 'serial', 'name', 'environment', 'base-key']);
	const request = parse(AddFob, {
		mac: need(words, 'mac'),
		serial: options.serial,
		name: options.name,
		environment: options.environment,
		baseKey: options['base-key']
	});
	const { id } = await companyOf(db, words);
	const by = { companyId: id, actor: ACTOR, name: ACTOR };
	const { fob, baseKey } = await addFob(db, secret, by, request);
	return { fob: { ...fob, baseKey } };
}
