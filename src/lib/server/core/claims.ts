import { sql } from 'kysely';
import type { Claim } from '../../api/app/activity.ts';
import type { Db } from '../db/connect.ts';
import { holdLock } from '../slots.ts';
import type { Core } from './issue.ts';
import { cipheredPart } from './said.ts';

/** A phone's clock, set right by its own request, and a lock's may lie this far apart. */
const APART = 10 * 60_000;

/** Claims of one person at one lock that no opening has come in for; the newest are kept. */
export const OPEN_CLAIMS = 300;

/** An opening by a phone's key, as the activity has it. */
export interface PhoneOpening {
	id: string;
	slot: number;
	/** Whose phone. */
	userId: string;
	start: number;
	end: number;
	/** In which it happened, as far as it goes into the cipher; null when that is not known. */
	session: string | null;
}

/**
 * Takes what a person's phone says it opened; what is here already changes nothing, and neither do
 * claims on locks or slots that were never theirs.
 * @param late how far the phone's clock is behind ours, milliseconds
 */
export async function takeClaims(
	{ db }: Pick<Core, 'db'>,
	{ companyId, userId }: { companyId: string; userId: string },
	claims: readonly Claim[],
	late: number,
	now: number
): Promise<void> {
	const theirs = await lockIds(db, companyId, userId, claims);
	for (const [mac, lockId] of [...theirs].sort(([, a], [, b]) => (a < b ? -1 : 1))) {
		await db.transaction().execute(async (trx) => {
			await holdLock(trx, lockId);
			for (const { slot, at, session: whole } of claims.filter((claim) => claim.mac === mac)) {
				const moment = Math.max(0, Math.min(at + late, now));
				const session = whole === undefined ? null : cipheredPart(whole);
				const claim = { lock_id: lockId, slot, at, user_id: userId, session };
				const { numInsertedOrUpdatedRows } = await trx
					.insertInto('claim')
					.values({ ...claim, moment, activity_id: null })
					.onConflict((conflict) => conflict.doNothing())
					.executeTakeFirst();
				if (numInsertedOrUpdatedRows === 0n) continue;
				const opening = await openingOf(trx, claim, moment);
				if (opening !== undefined) await settle(trx, claim, opening.id);
			}
			await dropOldest(trx, lockId, userId);
		});
	}
}

async function dropOldest(trx: Db, lockId: string, userId: string): Promise<void> {
	const last = await trx
		.selectFrom('claim')
		.select('moment')
		.where('lock_id', '=', lockId)
		.where('user_id', '=', userId)
		.where('activity_id', 'is', null)
		.orderBy('moment', 'desc')
		.limit(1)
		.offset(OPEN_CLAIMS)
		.executeTakeFirst();
	if (last === undefined) return;
	await trx
		.deleteFrom('claim')
		.where('lock_id', '=', lockId)
		.where('user_id', '=', userId)
		.where('activity_id', 'is', null)
		.where('moment', '<=', last.moment)
		.execute();
}

/**
 * Finds the claims of openings that have just come in, by the session in which they happened; where that is not
 * known, by time. The lock's row is held.
 */
export async function claimOpenings(
	trx: Db,
	lockId: string,
	openings: readonly PhoneOpening[]
): Promise<void> {
	for (const { id, slot, userId, start, end, session } of openings) {
		const open = trx
			.selectFrom('claim')
			.select(['lock_id', 'slot', 'at', 'user_id'])
			.where('lock_id', '=', lockId)
			.where('slot', '=', slot)
			.where('user_id', '=', userId)
			.where('activity_id', 'is', null)
			.limit(1);
		const claim =
			(session === null
				? undefined
				: await open.where('session', '=', session).executeTakeFirst()) ??
			(await open
				.where('moment', '>=', start - APART)
				.where('moment', '<=', end + APART)
				.orderBy((e) => sql`abs(${e.ref('moment')} - cast(${end} as bigint))`)
				.executeTakeFirst());
		if (claim !== undefined) await settle(trx, claim, id);
	}
}

type ClaimKey = { lock_id: string; slot: number; at: number; user_id: string };

/** By its session; where that of the opening is not known, by its time. */
async function openingOf(
	trx: Db,
	{ lock_id, slot, user_id, session }: ClaimKey & { session: string | null },
	moment: number
): Promise<{ id: string } | undefined> {
	const unclaimed = trx
		.selectFrom('activity')
		.innerJoin('slot', (join) =>
			join
				.onRef('slot.lock_id', '=', 'activity.lock_id')
				.onRef('slot.slot', '=', 'activity.slot')
				.onRef('slot.issue', '=', 'activity.issue')
		)
		.select('activity.id')
		.where('activity.lock_id', '=', lock_id)
		.where('activity.slot', '=', slot)
		.where('slot.user_id', '=', user_id)
		.where('claimed', '=', 0)
		.limit(1);
	return (
		(session === null
			? undefined
			: await unclaimed.where('activity.session', '=', session).executeTakeFirst()) ??
		(await unclaimed
			.where('range_start', '<=', moment + APART)
			.where('range_end', '>=', moment - APART)
			.orderBy((e) => sql`abs(${e.ref('range_end')} - cast(${moment} as bigint))`)
			.executeTakeFirst())
	);
}

async function settle(
	trx: Db,
	{ lock_id, slot, at, user_id }: ClaimKey,
	activityId: string
): Promise<void> {
	await trx
		.updateTable('claim')
		.set({ activity_id: activityId })
		.where('lock_id', '=', lock_id)
		.where('slot', '=', slot)
		.where('at', '=', at)
		.where('user_id', '=', user_id)
		.execute();
	await trx.updateTable('activity').set({ claimed: 1 }).where('id', '=', activityId).execute();
}

/** The locks among the claims at which this person ever had the slot that is claimed. */
async function lockIds(
	db: Db,
	companyId: string,
	userId: string,
	claims: readonly Claim[]
): Promise<Map<string, string>> {
	if (claims.length === 0) return new Map();
	const rows = await db
		.selectFrom('slot')
		.innerJoin('lock', 'lock.id', 'slot.lock_id')
		.select(['lock.mac', 'lock.id'])
		.distinct()
		.where('slot.user_id', '=', userId)
		.where('slot.company_id', '=', companyId)
		.where('lock.mac', 'in', [...new Set(claims.map(({ mac }) => mac))])
		.execute();
	return new Map(rows.map(({ mac, id }) => [mac, id]));
}
