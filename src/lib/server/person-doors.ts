import type { Db } from './db/connect.ts';

/**
 * Somebody leaves the company: their eKeys end, and so does their way into the open API, also by the
 * account that somebody made for their address. Locks that they
 * own stay theirs by name, so that nothing is lost; the company's managers open and keep them.
 */
export async function leaveDoors(
	trx: Db,
	{ companyId, userId }: { companyId: string; userId: string },
	now: number
): Promise<void> {
	const person = await trx
		.selectFrom('user')
		.select('email')
		.where('id', '=', userId)
		.executeTakeFirst();
	const accounts = await trx
		.updateTable('sifely_account')
		.set({ password_hash: null })
		.where('company_id', '=', companyId)
		.where(({ eb, or, and }) =>
			or([
				eb('user_id', '=', userId),
				and([eb('user_id', 'is', null), eb('username', '=', person?.email.toLowerCase() ?? '')])
			])
		)
		.returning('id')
		.execute();
	if (accounts.length === 0) return;
	const ids = accounts.map(({ id }) => id);
	await trx.deleteFrom('sifely_token').where('account_id', 'in', ids).execute();
	await trx
		.updateTable('ekey')
		.set({ state: 'deleted', ended_at: now })
		.where('account_id', 'in', ids)
		.where('kind', '=', 'common')
		.where('state', '<>', 'deleted')
		.execute();
}
