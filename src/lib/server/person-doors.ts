import type { Db } from './db/connect.ts';

/**
 * Somebody leaves the company: their eKeys end, and so does their way into the open API. Locks that they
 * own stay theirs by name, so that nothing is lost; the company's managers open and keep them.
 */
export async function leaveDoors(
	trx: Db,
	{ companyId, userId }: { companyId: string; userId: string },
	now: number
): Promise<void> {
	const account = await trx
		.updateTable('sifely_account')
		.set({ password_hash: null })
		.where('company_id', '=', companyId)
		.where('user_id', '=', userId)
		.returning('id')
		.executeTakeFirst();
	if (account === undefined) return;
	await trx.deleteFrom('sifely_token').where('account_id', '=', account.id).execute();
	await trx
		.updateTable('ekey')
		.set({ state: 'deleted', ended_at: now })
		.where('account_id', '=', account.id)
		.where('kind', '=', 'common')
		.where('state', '<>', 'deleted')
		.execute();
}
