import { randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { SifelyApp } from '../../api/app/sifely-apps.ts';
import { audit } from '../audit.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { inTransaction } from '../db/transaction.ts';
import { notFound, ServerError } from '../error.ts';
import type { Member } from '../people/identity.ts';
import { hashOf } from '../token.ts';
import type { AppCaller } from './caller.ts';
import { SifelyError } from './error.ts';

/** Makes an application of a company; the secret is shown this once. */
export async function addApp(
	db: Db,
	companyId: string,
	actor: string
): Promise<{ clientId: string; clientSecret: string }> {
	const [clientId, clientSecret] = [newHex(), newHex()];
	const id = newId();
	await inTransaction(db, async (trx) => {
		const prefix = await newPrefix(trx);
		await trx
			.insertInto('sifely_app')
			.values({
				id,
				company_id: companyId,
				client_id: clientId,
				secret_hash: hashOf(clientSecret),
				prefix,
				created_at: Date.now(),
				revoked_at: null
			})
			.execute();
		await audit(trx, companyId, actor, 'sifely-app.add', { id, clientId });
	});
	return { clientId, clientSecret };
}

/** The same for a person; a demo company has no use for them. Throws ServerError `forbidden`. */
export async function addAppFor(db: Db, { company, userId }: Member) {
	if (company.demoEnds !== null)
		throw new ServerError('forbidden', 'A demo company cannot make applications.');
	return addApp(db, company.id, userId);
}

/** A company's applications, newest first, revoked ones too. */
export async function listApps(db: Db, companyId: string): Promise<SifelyApp[]> {
	const rows = await db
		.selectFrom('sifely_app')
		.select(['id', 'client_id', 'prefix', 'created_at', 'revoked_at'])
		.where('company_id', '=', companyId)
		.orderBy('id', 'desc')
		.execute();
	return rows.map(({ id, client_id, prefix, created_at, revoked_at }) => ({
		id,
		clientId: client_id,
		prefix,
		createdAt: created_at,
		revokedAt: revoked_at
	}));
}

/** Ends an application and all its tokens; again changes nothing. Throws ServerError `not-found`. */
export async function revokeApp(
	db: Db,
	companyId: string,
	actor: string,
	id: string
): Promise<void> {
	await inTransaction(db, async (trx) => {
		const app = await trx
			.selectFrom('sifely_app')
			.select('revoked_at')
			.where('id', '=', id)
			.where('company_id', '=', companyId)
			.executeTakeFirst();
		if (app === undefined) throw notFound();
		if (app.revoked_at !== null) return;
		await trx
			.updateTable('sifely_app')
			.set({ revoked_at: Date.now() })
			.where('id', '=', id)
			.execute();
		await trx.deleteFrom('sifely_token').where('app_id', '=', id).execute();
		await audit(trx, companyId, actor, 'sifely-app.revoke', { id });
	});
}

/** The same by its clientId, of whatever company. Throws ServerError `not-found`. */
export async function revokeAppNamed(db: Db, clientId: string, actor: string): Promise<void> {
	const app = await db
		.selectFrom('sifely_app')
		.select(['id', 'company_id'])
		.where('client_id', '=', clientId)
		.executeTakeFirst();
	if (app === undefined) throw notFound();
	await revokeApp(db, app.company_id, actor, app.id);
}

/** Throws SifelyError `unknown-client`. */
export async function findApp(
	db: Db,
	clientId: string | undefined
): Promise<AppCaller & { secretHash: string }> {
	const app = await db
		.selectFrom('sifely_app')
		.select(['id', 'company_id', 'prefix', 'secret_hash'])
		.where('client_id', '=', clientId ?? '')
		.where('revoked_at', 'is', null)
		.executeTakeFirst();
	if (app === undefined)
		throw new SifelyError('unknown-client', 'no application has this clientId');
	return {
		appId: app.id,
		companyId: app.company_id,
		prefix: app.prefix,
		secretHash: app.secret_hash
	};
}

/** The application of an id and its secret. Throws SifelyError `unknown-client`, `wrong-client`. */
export async function proveApp(
	db: Db,
	clientId: string | undefined,
	secret: string | undefined
): Promise<AppCaller> {
	const { secretHash, ...app } = await findApp(db, clientId);
	if (!timingSafeEqual(Buffer.from(hashOf(secret ?? '')), Buffer.from(secretHash)))
		throw new SifelyError('wrong-client', 'wrong clientSecret');
	return app;
}

/** 128 random bits in hex, as ids and secrets of this API look. */
export function newHex(): string {
	return randomBytes(16).toString('hex');
}

/** Four letters that no other application has. */
async function newPrefix(db: Db): Promise<string> {
	for (;;) {
		let prefix = '';
		while (prefix.length < 4) prefix += String.fromCharCode(0x61 + randomInt(26));
		const taken = await db
			.selectFrom('sifely_app')
			.select('id')
			.where('prefix', '=', prefix)
			.executeTakeFirst();
		if (taken === undefined) return prefix;
	}
}
