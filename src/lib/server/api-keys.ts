import type { ApiKey } from '../api/app/people.ts';
import type { KeyKind } from '../api/core/endpoints.ts';
import { audit } from './audit.ts';
import type { Db } from './db/connect.ts';
import { newId } from './db/id.ts';
import type { EnvironmentName } from './db/tables.ts';
import { inTransaction } from './db/transaction.ts';
import { notFound, ServerError } from './error.ts';
import type { Member } from './people/identity.ts';
import { hashOf, newToken } from './token.ts';

/** What a Core API key stands for. */
export interface KeyIdentity {
	/** The key's own. */
	id: string;
	companyId: string;
	environment: EnvironmentName;
	kind: KeyKind;
}

const PREFIX: Record<KeyKind, string> = { private: 'hasp_prv_', mobile: 'hasp_mob_' };
/** Characters of the secret that are kept to tell keys apart: the prefix and four. */
const HINT = 13;

/** Makes a key; the secret is shown this once and only its hash is kept. */
export async function addKey(
	db: Db,
	companyId: string,
	actor: string,
	{ environment, kind }: { environment: EnvironmentName; kind: KeyKind }
): Promise<{ key: ApiKey; secret: string }> {
	const secret = PREFIX[kind] + newToken();
	const now = Date.now();
	const id = newId(now);
	const hint = secret.slice(0, HINT);
	await inTransaction(db, async (trx) => {
		await trx
			.insertInto('api_key')
			.values({
				id,
				company_id: companyId,
				environment,
				kind,
				hash: hashOf(secret),
				hint,
				created_at: now,
				revoked_at: null
			})
			.execute();
		await audit(trx, companyId, actor, 'key.add', { id, environment, kind });
	});
	return { key: { id, environment, kind, hint, createdAt: now, revokedAt: null }, secret };
}

/** The same for a person; a demo company has no use for keys. Throws ServerError `forbidden`. */
export async function addKeyFor(
	db: Db,
	{ company, userId }: Member,
	request: { environment: EnvironmentName; kind: KeyKind }
) {
	if (company.demoEnds !== null) {
		throw new ServerError('forbidden', 'A demo company cannot make API keys.');
	}
	return addKey(db, company.id, userId, request);
}

/** The company's keys, newest first, revoked ones too. */
export async function listKeys(db: Db, companyId: string): Promise<ApiKey[]> {
	const rows = await db
		.selectFrom('api_key')
		.select(['id', 'environment', 'kind', 'hint', 'created_at', 'revoked_at'])
		.where('company_id', '=', companyId)
		.orderBy('id', 'desc')
		.execute();
	return rows.map(({ created_at, revoked_at, ...key }) => ({
		...key,
		createdAt: created_at,
		revokedAt: revoked_at
	}));
}

/**
 * Revokes a key from now on; once is enough, again changes nothing. Without `companyId` (the
 * operator's command line) any company's. Throws ServerError `not-found`.
 */
export async function revokeKey(
	db: Db,
	id: string,
	actor: string,
	companyId?: string
): Promise<void> {
	await inTransaction(db, async (trx) => {
		const key = await trx
			.selectFrom('api_key')
			.select('company_id')
			.where('id', '=', id)
			.executeTakeFirst();
		if (key === undefined) throw notFound();
		if (companyId !== undefined && key.company_id !== companyId) throw notFound();
		const { numUpdatedRows } = await trx
			.updateTable('api_key')
			.set({ revoked_at: Date.now() })
			.where('id', '=', id)
			.where('revoked_at', 'is', null)
			.executeTakeFirst();
		if (numUpdatedRows > 0n) await audit(trx, key.company_id, actor, 'key.revoke', { id });
	});
}

/**
 * Whose key this is: `bearer` is the secret, or a whole `Authorization` header. One query by a
 * unique index. Null for anything that is not a living key.
 */
export async function identifyApiKey(db: Db, bearer: string | null): Promise<KeyIdentity | null> {
	const secret = bearer?.replace(/^bearer +/i, '');
	if (!secret || secret.length > 100) return null;
	const row = await db
		.selectFrom('api_key')
		.select(['id', 'company_id', 'environment', 'kind'])
		.where('hash', '=', hashOf(secret))
		.where('revoked_at', 'is', null)
		.executeTakeFirst();
	if (row === undefined) return null;
	const { id, company_id, environment, kind } = row;
	return { id, companyId: company_id, environment, kind };
}
