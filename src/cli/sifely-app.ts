import type { Server } from '../lib/server/context.ts';
import { addApp, revokeAppNamed } from '../lib/server/sifely/apps.ts';
import { ACTOR, companyOf } from './company.ts';
import { expect, only, type Words } from './words.ts';

/** `sifely-app add`: an application of a company for the open API; its secret is shown this once. */
export async function addSifelyApp({ db }: Server, words: Words): Promise<object> {
	expect(words, ['company']);
	const { id } = await companyOf(db, words);
	return addApp(db, id, ACTOR);
}

/** `sifely-app revoke CLIENT_ID`: ends an application and all its tokens. */
export async function revokeSifelyApp({ db }: Server, words: Words): Promise<object> {
	expect(words, [], 1);
	const clientId = only(words, 'client id');
	await revokeAppNamed(db, clientId, ACTOR);
	return { revoked: clientId };
}
