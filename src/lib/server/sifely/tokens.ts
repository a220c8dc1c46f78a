import type { z } from 'zod';
import type { TokenReply, TokenRequest } from '../../api/sifely/users.ts';
import type { Budgets } from '../budget.ts';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { DAY } from '../lease.ts';
import { hashOf } from '../token.ts';
import { findAccount, nameOf } from './accounts.ts';
import { findApp, newHex } from './apps.ts';
import type { AppCaller, Caller } from './caller.ts';
import { SifelyError } from './error.ts';
import { isMd5Of } from './passwords.ts';

const ACCESS = 90 * DAY;
const REFRESH = 3650 * DAY;
/** Of one account by one application: who signs in for every call must not fill the disk. */
const KEPT = 100;

type Reply = z.input<typeof TokenReply>;

/**
 * Signs an account in, or renews what it got before. Throws SifelyError `wrong-password`,
 * `bad-refresh-token`, and ServerError `too-many` after too many wrong passwords for one name.
 */
export async function giveToken(
	db: Db,
	{ guesses, hashes }: Pick<Budgets, 'guesses' | 'hashes'>,
	app: AppCaller,
	request: z.output<typeof TokenRequest>
): Promise<Reply> {
	if (request.grant_type === 'refresh_token') return renew(db, app, request.refresh_token ?? '');
	const { username, password } = request;
	if (username === undefined || password === undefined)
		throw new SifelyError('bad-parameter', 'username and password are needed');
	const now = Date.now();
	hashes.take(app.companyId, now);
	// Spent before the slow hash: tries that come together count each. A name that nobody has counts
	// alike, so that the answer does not tell which names exist.
	const tried = hashOf(JSON.stringify([app.companyId, nameOf(username)]));
	guesses.take(tried, now);
	const account = await findAccount(db, app.companyId, username);
	if (!(await isMd5Of(password, account?.password_hash ?? null)) || account === undefined)
		throw new SifelyError('wrong-password', 'wrong username or password');
	guesses.giveBack(tried, Date.now());
	return db.transaction().execute(async (trx) => {
		// The very password that was compared: another may have been set meanwhile, which ends tokens.
		const held = await trx
			.updateTable('sifely_account')
			.set((e) => ({ username: e.ref('username') }))
			.where('id', '=', account.id)
			.where('password_hash', '=', account.password_hash)
			.returning('id')
			.executeTakeFirst();
		if (held === undefined)
			throw new SifelyError('wrong-password', 'the password was changed meanwhile');
		return issue(trx, app, held.id);
	});
}

/** Who shows this token. Throws SifelyError `unknown-client`, `unknown-token`, `token-ended`. */
export async function callerOf(
	db: Db,
	clientId: string | undefined,
	token: string | undefined
): Promise<Caller> {
	const { appId, companyId } = await findApp(db, clientId);
	const row = await db
		.selectFrom('sifely_token')
		.select(['access_ends_at', 'account_id as uid'])
		.where('access_hash', '=', hashOf(token ?? ''))
		.where('app_id', '=', appId)
		.executeTakeFirst();
	if (row === undefined)
		throw new SifelyError('unknown-token', 'this application gave no such token');
	if (row.access_ends_at <= Date.now()) throw new SifelyError('token-ended', 'the token has ended');
	return { appId, companyId, uid: row.uid };
}

/** A refresh token serves once: the one that deletes it gets the next. */
async function renew(db: Db, app: AppCaller, token: string): Promise<Reply> {
	return db.transaction().execute(async (trx) => {
		// Held before its token: who ends all tokens of an account comes before or after.
		await trx
			.updateTable('sifely_account')
			.set((e) => ({ username: e.ref('username') }))
			.where('id', 'in', (e) =>
				e
					.selectFrom('sifely_token')
					.select('account_id')
					.where('refresh_hash', '=', hashOf(token))
					.where('app_id', '=', app.appId)
			)
			.execute();
		const row = await trx
			.deleteFrom('sifely_token')
			.where('refresh_hash', '=', hashOf(token))
			.where('app_id', '=', app.appId)
			.where('refresh_ends_at', '>', Date.now())
			.returning('account_id')
			.executeTakeFirst();
		if (row === undefined) throw new SifelyError('bad-refresh-token', 'no such refresh token');
		return issue(trx, app, row.account_id);
	});
}

async function issue(db: Db, { appId }: AppCaller, uid: number): Promise<Reply> {
	const [access, refresh] = [newHex(), newHex()];
	const now = Date.now();
	await db
		.insertInto('sifely_token')
		.values({
			id: newId(now),
			account_id: uid,
			app_id: appId,
			access_hash: hashOf(access),
			refresh_hash: hashOf(refresh),
			access_ends_at: now + ACCESS,
			refresh_ends_at: now + REFRESH,
			created_at: now
		})
		.execute();
	await forgetOld(db, appId, uid);
	return {
		access_token: access,
		refresh_token: refresh,
		uid,
		openid: uid,
		expires_in: ACCESS / 1000,
		scope: 'user,key,room',
		token_type: 'Bearer'
	};
}

async function forgetOld(db: Db, appId: string, uid: number): Promise<void> {
	const mine = db
		.selectFrom('sifely_token')
		.select('id')
		.where('account_id', '=', uid)
		.where('app_id', '=', appId)
		.orderBy('id', 'desc');
	const oldest = await mine.offset(KEPT).limit(1).executeTakeFirst();
	if (oldest === undefined) return;
	await db
		.deleteFrom('sifely_token')
		.where('account_id', '=', uid)
		.where('app_id', '=', appId)
		.where('id', '<=', oldest.id)
		.execute();
}
