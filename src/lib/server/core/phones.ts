import { PHONES, type ContactRequest } from '../../api/app/offline.ts';
import type { Db } from '../db/connect.ts';
import { ServerError } from '../error.ts';
import type { Member } from '../people/identity.ts';
import { openedUnclaimed } from '../slot-rows.ts';

/**
 * Notes that a phone was in contact. For one that is new, one that is known no longer may be
 * forgotten. Throws ServerError `conflict` when all PHONES of the person hold keys.
 */
export async function meet(
	db: Db,
	{ company, userId, sessionId }: Member,
	{ id, name }: ContactRequest['phone'],
	persisted: boolean | null,
	now: number
): Promise<void> {
	const said = {
		name,
		last_contact_at: now,
		persisted: persisted === null ? null : Number(persisted),
		session_id: sessionId,
		signed_out_at: null
	};
	const owner = { company_id: company.id, user_id: userId };
	await db.transaction().execute(async (trx) => {
		const { created_at } = await trx
			.insertInto('phone')
			.values({ ...owner, id, created_at: now, ...said })
			.onConflict((conflict) => conflict.columns(['company_id', 'user_id', 'id']).doUpdateSet(said))
			.returning('created_at')
			.executeTakeFirstOrThrow();
		if (created_at === now) await forget(trx, owner, id);
	});
}

/** Forgets as many phones as are too many: those signed out before those long not seen. */
async function forget(
	trx: Db,
	{ company_id, user_id }: { company_id: string; user_id: string },
	newest: string
): Promise<void> {
	const known = await trx
		.selectFrom('phone')
		.select(['id', 'last_contact_at', 'signed_out_at'])
		.where('company_id', '=', company_id)
		.where('user_id', '=', user_id)
		.execute();
	const surplus = known.length - PHONES;
	if (surplus <= 0) return;
	const needed = await stillNeeded(trx, company_id, user_id);
	const doomed = known
		.filter(({ id }) => id !== newest && !needed.has(id))
		.sort(
			(a, b) =>
				Number(a.signed_out_at === null) - Number(b.signed_out_at === null) ||
				a.last_contact_at - b.last_contact_at ||
				(a.id < b.id ? -1 : 1)
		)
		.slice(0, surplus)
		.map(({ id }) => id);
	if (doomed.length < surplus)
		throw new ServerError(
			'conflict',
			`${PHONES} phones hold keys of yours: sign out of one first.`
		);
	await trx
		.deleteFrom('phone')
		.where('company_id', '=', company_id)
		.where('user_id', '=', user_id)
		.where('id', 'in', doomed)
		.execute();
}

/**
 * Phones that hold a key, and those whose key opened what they did not claim: the mark on such an
 * opening says that its phone was in contact afterwards.
 */
async function stillNeeded(
	trx: Db,
	companyId: string,
	userId: string
): Promise<Set<string | null>> {
	const rows = await trx
		.selectFrom('slot')
		.select('phone_id')
		.distinct()
		.where('user_id', '=', userId)
		.where('company_id', '=', companyId)
		.where((e) => e.or([e('state', 'in', ['waiting', 'on-lock']), openedUnclaimed(e)]))
		.execute();
	return new Set(rows.map(({ phone_id }) => phone_id));
}
