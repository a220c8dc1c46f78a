import type { Db } from './db/connect.ts';
import { holdLock, revokeKeys } from './slots.ts';

/** Whose keys, and which of them; what is left out narrows nothing. */
export interface Revoked {
	userId: string;
	companyId: string;
	lockIds?: readonly string[];
	phoneId?: string;
}

/** Names of one statement. */
const NAMES = 500;

/** Revokes keys of a person's phones; they open until each lock's next online opening. */
export async function revokePersonKeys(
	trx: Db,
	{ userId, companyId, lockIds, phoneId }: Revoked,
	now: number
): Promise<void> {
	let query = trx
		.selectFrom('slot')
		.select('lock_id')
		.distinct()
		.where('user_id', '=', userId)
		.where('company_id', '=', companyId)
		.where('holder', '=', 'phone')
		.where('state', 'in', ['waiting', 'on-lock']);
	if (phoneId !== undefined) query = query.where('phone_id', '=', phoneId);
	const found = new Set<string>();
	for (let i = 0; i < (lockIds?.length ?? 1); i += NAMES) {
		const some = lockIds?.slice(i, i + NAMES);
		const rows = await (some ? query.where('lock_id', 'in', some) : query).execute();
		for (const { lock_id } of rows) found.add(lock_id);
	}
	for (const id of [...found].sort()) {
		const lock = await holdLock(trx, id);
		if (lock === undefined) continue;
		await revokeKeys(
			trx,
			lock,
			({ holder, user_id, phone_id }) =>
				holder === 'phone' && user_id === userId && (phoneId ?? phone_id) === phone_id,
			now
		);
	}
}

/**
 * A person signed out: on one session, or on all but one. Their phones' keys are revoked, in every
 * company; a phone that signs in again asks for new ones.
 */
export async function signOutPhones(
	db: Db,
	userId: string,
	which: { only: string } | { except: string },
	now: number = Date.now()
): Promise<void> {
	await db.transaction().execute(async (trx) => {
		const mine = trx
			.updateTable('phone')
			.set({ signed_out_at: now })
			.where('user_id', '=', userId)
			.where('signed_out_at', 'is', null);
		const phones = await (
			'only' in which
				? mine.where('session_id', '=', which.only)
				: mine.where((e) =>
						e.or([e('session_id', '!=', which.except), e('session_id', 'is', null)])
					)
		)
			.returning(['company_id', 'id'])
			.execute();
		for (const { company_id, id } of phones)
			await revokePersonKeys(trx, { userId, companyId: company_id, phoneId: id }, now);
	});
}
