import { AddApiKeyRequest, CompanyRequest } from '../lib/api/app/people.ts';
import type { Server } from '../lib/server/context.ts';
import type { Db } from '../lib/server/db/connect.ts';
import { ServerError } from '../lib/server/error.ts';
import { parse } from '../lib/server/http/parse.ts';
import { addKey, revokeKey } from '../lib/server/api-keys.ts';
import { addCompany as makeCompany } from '../lib/server/people/companies.ts';
import { expect, need, only, type Words } from './words.ts';

/** Who did it, in the record of deeds. */
export const ACTOR = 'cli';

const ENVIRONMENTS = ['production', 'sandbox'] as const;
const KINDS = ['private', 'mobile'] as const;

/** `company add NAME`: the company with its four keys, shown this once. */
export async function addCompany({ db }: Server, words: Words): Promise<object> {
	expect(words, [], 1);
	const { name } = parse(CompanyRequest, { name: only(words, 'name') });
	return db.transaction().execute(async (trx) => {
		const company = await makeCompany(trx, name, ACTOR);
		const keys: Record<string, Record<string, string>> = {};
		for (const environment of ENVIRONMENTS) {
			const secrets: Record<string, string> = (keys[environment] = {});
			for (const kind of KINDS) {
				const { secret } = await addKey(trx, company.id, ACTOR, { environment, kind });
				secrets[kind] = secret;
			}
		}
		return { company, keys };
	});
}

/** `key add`: one more key of a company. */
export async function addCompanyKey({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company', 'environment', 'kind']);
	const company = await companyOf(db, words);
	const request = parse(AddApiKeyRequest, {
		environment: need(words, 'environment'),
		kind: need(words, 'kind')
	});
	return addKey(db, company.id, ACTOR, request);
}

/** `key revoke ID`. */
export async function revokeCompanyKey({ db }: Server, words: Words): Promise<object> {
	expect(words, [], 1);
	const id = only(words, 'key id');
	await revokeKey(db, id, ACTOR);
	return { revoked: id };
}

/** The company of `--company`. Throws ServerError `not-found`. */
export async function companyOf(db: Db, words: Words): Promise<{ id: string; name: string }> {
	const company = await db
		.selectFrom('organization')
		.select(['id', 'name'])
		.where('id', '=', need(words, 'company'))
		.executeTakeFirst();
	if (company === undefined) throw new ServerError('not-found', 'No company has this id.');
	return company;
}
