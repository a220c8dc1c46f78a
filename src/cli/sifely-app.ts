import type { Server } from '../lib/server/context.ts';
import { addApp } from '../lib/server/sifely/apps.ts';
import { ACTOR, companyOf } from './company.ts';
import { expect, type Words } from './words.ts';

/** `sifely-app add`: an application of a company for the open API; its secret is shown this once. */
export async function addSifelyApp({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company']);
	const { id } = await companyOf(db, words);
	return addApp(db, id, ACTOR);
}
