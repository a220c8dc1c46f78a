import type { z } from 'zod';
import type * as api from '../../api/sifely/users.ts';
import type { Db } from '../db/connect.ts';
import { addAccount, type AccountRow } from './accounts.ts';
import type { AppCaller } from './caller.ts';
import { SifelyError } from './error.ts';
import { offsetOf, pageWith } from './page.ts';
import { hashMd5 } from './passwords.ts';

/** Makes an account under the application's prefix. Throws SifelyError `username-taken`. */
export async function registerUser(
	{ db }: { readonly db: Db },
	app: AppCaller,
	{ username, password }: z.output<typeof api.RegisterRequest>
): Promise<z.input<typeof api.RegisterReply>> {
	const account = await addAccount(db, {
		company_id: app.companyId,
		app_id: app.appId,
		username: `${app.prefix}_${username}`,
		password_hash: await hashMd5(password),
		origin: 'registered',
		must_change: 0,
		user_id: null
	});
	if (account === undefined) throw new SifelyError('username-taken', 'the username is taken');
	return { username: account.username };
}

/** Sets another password and ends all tokens. Throws SifelyError `not-your-user`. */
export async function resetPassword(
	{ db }: { readonly db: Db },
	app: AppCaller,
	{ username, password }: z.output<typeof api.ResetPasswordRequest>
): Promise<void> {
	const { id } = await registeredBy(db, app, username);
	const password_hash = await hashMd5(password);
	await db.transaction().execute(async (trx) => {
		await trx.updateTable('sifely_account').set({ password_hash }).where('id', '=', id).execute();
		await trx.deleteFrom('sifely_token').where('account_id', '=', id).execute();
	});
}

/** The accounts that this application has registered, oldest first. */
export async function listUsers(
	{ db }: { readonly db: Db },
	{ appId }: AppCaller,
	request: z.output<typeof api.ListUsersRequest>
): Promise<z.input<typeof api.ListUsersReply>> {
	const { startDate, endDate } = request;
	let mine = db.selectFrom('sifely_account').where('app_id', '=', appId);
	if (startDate !== undefined) mine = mine.where('created_at', '>=', startDate);
	if (endDate !== undefined) mine = mine.where('created_at', '<=', endDate);
	const { total } = await mine
		.select((e) => e.fn.countAll<number>().as('total'))
		.executeTakeFirstOrThrow();
	const rows = await mine
		.select(['username', 'created_at'])
		.orderBy('created_at')
		.orderBy('id')
		.limit(request.pageSize)
		.offset(offsetOf(request))
		.execute();
	const list = rows.map(({ username, created_at }) => ({ username, regtime: created_at }));
	return pageWith(list, request, total);
}

/**
 * Deletes an account with its tokens and eKeys. Throws SifelyError `not-your-user`, `owns-locks`.
 */
export async function deleteUser(
	{ db }: { readonly db: Db },
	app: AppCaller,
	{ username }: z.output<typeof api.DeleteUserRequest>
): Promise<void> {
	const { id } = await registeredBy(db, app, username);
	await db.transaction().execute(async (trx) => {
		const owned = await trx
			.selectFrom('door_lock')
			.select('id')
			.where('owner_id', '=', id)
			.limit(1)
			.executeTakeFirst();
		if (owned !== undefined)
			throw new SifelyError('owns-locks', 'delete or transfer the locks of this account first');
		await trx.deleteFrom('sifely_account').where('id', '=', id).execute();
	});
}

async function registeredBy(db: Db, app: AppCaller, username: string): Promise<AccountRow> {
	const account = await db
		.selectFrom('sifely_account')
		.selectAll()
		.where('company_id', '=', app.companyId)
		.where('app_id', '=', app.appId)
		.where('username', '=', username)
		.executeTakeFirst();
	if (account === undefined)
		throw new SifelyError('not-your-user', 'this application has no such user');
	return account;
}
